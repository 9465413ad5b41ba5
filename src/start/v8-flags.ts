import { setFlagsFromString } from 'node:v8';

/**
 * Turns off allocation in the old generation for objects that V8 expects to live long. Requests that wait for Postgres
 * make it expect that, but they soon become garbage. In the old generation, they would keep everything they reference
 * alive until the next full collection, and slow down every minor one.
 */
export function allocateAsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}

/**
 * Limits how much the heap grows between full collections to a fifth. By default, it can grow to four times the live
 * objects; in this service, most of these are cached sessions that stay.
 */
export function growSlowly(): void {
  setFlagsFromString('--heap-growing-percent=20');
}
