import type { Operation } from './history.js';

export interface Violation {
  /** `P1` to `P9`, as docs/promises.md numbers them. */
  readonly promise: string;
  readonly message: string;
  readonly session: string | null;
  /** The operation that violates the promise. */
  readonly operation: Operation | null;
}
