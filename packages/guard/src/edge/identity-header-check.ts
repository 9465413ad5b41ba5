import { foreignIdentityHeader } from '@latchkey/access-token/forward-auth/identity-headers';
import { EdgeError } from './edge-error.js';
import type { GatewayHeaders } from './gateway-request.js';

/** @throws {EdgeError} identity_header_rejected */
export function refuseForeignIdentityHeaders(headers: GatewayHeaders): void {
  const foreign = foreignIdentityHeader(headers);
  if (foreign === undefined) return;
  throw new EdgeError('identity_header_rejected', `A client must not send the header ${foreign}.`);
}
