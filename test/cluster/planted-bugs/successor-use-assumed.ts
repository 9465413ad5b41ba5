import { UsedGenerations } from '../../../src/sessions/check/used-generations.js';
import { replaceMethod } from './replace-method.js';

/** Breaks P5: every successor counts as used, so only the grace protects a client that lost the answer. */
replaceMethod(UsedGenerations, 'pendingOf', () => Number.MAX_SAFE_INTEGER);
