import { Metadata, type ServerInterceptingCallInterface, status } from '@grpc/grpc-js';
import { GuardError } from '../guard-error.js';
import { statusParts } from './status-parts.js';

type PartialStatus = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];

/** The status of a refused call. What is no refusal is not described to the client. */
export function statusOf(error: unknown): PartialStatus {
  if (!(error instanceof GuardError))
    return { code: status.INTERNAL, details: 'Internal error', metadata: null };
  const { code, details, entries } = statusParts(error);
  const metadata = new Metadata();
  for (const [name, value] of entries) metadata.set(name, value);
  return { code, details, metadata };
}
