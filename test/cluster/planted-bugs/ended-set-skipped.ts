import { EndedSet } from '@latchkey/revocation/ended-set';
import { replaceMethod } from './replace-method.js';

/** Breaks rule 1: an instance that has received a revocation keeps granting from its caches. */
replaceMethod(EndedSet, 'reasonOf', () => undefined);
