import { GuardedStreams } from '../../../packages/guard/src/streams/guarded-streams.js';
import { replaceMethod } from './replace-method.js';

/** Breaks P9: streams stay open although the guard knows that their session has ended. */
replaceMethod(GuardedStreams, 'ended', () => {});
