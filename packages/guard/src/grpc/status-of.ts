import { Metadata, type ServerInterceptingCallInterface, status } from '@grpc/grpc-js';
import { GUARD_ERRORS, GuardError } from '../guard-error.js';

type PartialStatus = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];

const STATUSES: Readonly<Record<number, status>> = {
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  503: status.UNAVAILABLE,
};
/** How long clients wait before they retry (gRFC A6). */
const RETRY_PUSHBACK_MS = 1_000;

/** The status of a refused call. What is no refusal is not described to the client. */
export function statusOf(error: unknown): PartialStatus {
  if (!(error instanceof GuardError))
    return { code: status.INTERNAL, details: 'Internal error', metadata: null };
  const metadata = new Metadata();
  metadata.set('latchkey-code', error.code);
  for (const [name, value] of Object.entries(error.members)) {
    metadata.set(`latchkey-${name.replaceAll('_', '-')}`, String(value));
  }
  if (error.status === 503) metadata.set('grpc-retry-pushback-ms', String(RETRY_PUSHBACK_MS));
  return {
    code: STATUSES[error.status] ?? status.UNKNOWN,
    details: GUARD_ERRORS[error.code].title,
    metadata,
  };
}
