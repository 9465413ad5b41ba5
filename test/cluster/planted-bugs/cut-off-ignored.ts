import { SessionCache } from '@latchkey/revocation/session-cache';
import { replaceMethod } from './replace-method.js';

/** Breaks rule 1 for cut-offs: cached sessions that are older than the cut-off are granted until their rows are closed. */
replaceMethod(SessionCache, 'isCutOff', () => false);
