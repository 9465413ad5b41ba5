import { GUARD_ERRORS, type GuardError } from '../guard-error.js';

/** Codes of gRPC, by those of HTTP: `UNAUTHENTICATED`, `PERMISSION_DENIED`, `UNAVAILABLE`; otherwise `UNKNOWN`. */
const CODES: Readonly<Record<number, number>> = { 401: 16, 403: 7, 503: 14 };
const UNKNOWN = 2;
/** How long clients wait before they retry (gRFC A6). */
const RETRY_PUSHBACK_MS = 1_000;

/** The status of a refused call, without the package of gRPC. */
export interface StatusParts {
  readonly code: number;
  readonly details: string;
  /** Of the metadata, by name. */
  readonly entries: readonly (readonly [name: string, value: string])[];
}

export function statusParts(error: GuardError): StatusParts {
  const members = Object.entries(error.members).map(
    ([name, value]) => [`latchkey-${name.replaceAll('_', '-')}`, String(value)] as const,
  );
  const retry = error.status === 503 ? [['grpc-retry-pushback-ms', String(RETRY_PUSHBACK_MS)] as const] : [];
  return {
    code: CODES[error.status] ?? UNKNOWN,
    details: GUARD_ERRORS[error.code].title,
    entries: [['latchkey-code', error.code], ...members, ...retry],
  };
}
