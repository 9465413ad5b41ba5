import { setFlagsFromString } from 'node:v8';

/**
 * What V8 has seen to live long, as requests do that wait for a first look at Postgres, it soon allocates as old. There
 * it is garbage that keeps alive what it names, until the next full collection, and each small one has to carry it.
 */
export function allocateAsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}

/**
 * After a full collection V8 lets the heap grow to up to four times of what lives before the next. Here most of it are
 * sessions that stay: it may grow by a fifth.
 */
export function growSlowly(): void {
  setFlagsFromString('--heap-growing-percent=20');
}
