import type { Operation } from './history.js';

export interface Violation {
  /** `P1` to `P6`, as ARCHITECTURE.md numbers them. */
  readonly promise: string;
  readonly message: string;
  readonly session: string | null;
  /** The operation that violates the promise. */
  readonly operation: Operation | null;
}
