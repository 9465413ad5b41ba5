import { EndedSet } from '@latchkey/revocation/ended-set';

/** Breaks rule 1: an instance that has received a revocation keeps granting from its caches. */
EndedSet.prototype.reasonOf = () => undefined;
