import { GuardedStreams } from '../../../packages/guard/src/streams/guarded-streams.js';
import { replaceMethod } from './replace-method.js';

/** Breaks rule 7 for guards: streams go on although the guard does not know whether their sessions are active. */
replaceMethod(GuardedStreams, 'leaseLost', () => {});
