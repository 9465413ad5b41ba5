import type { RequestClient } from '../../http/routes/request-client.js';
import { networkOf } from '../../shares/network-of.js';
import { clientFamily, familyFromText, familyText } from '../../user-agents/client-family.js';
import { clientChange } from './client-change.js';

type Client = Pick<RequestClient, 'address' | 'userAgent'>;

/** The client that rotated a refresh token; `null` for rotations that were made before clients were recorded. */
export interface RotatedBy {
  readonly address: string | null;
  /** `familyText` */
  readonly client: string | null;
}

/** Whether a refresh token that had been rotated was presented by another client or from another network. */
export function isFromElsewhere(rotatedBy: RotatedBy, { address, userAgent }: Client): boolean {
  if (rotatedBy.address !== null && networkOf(rotatedBy.address) !== networkOf(address)) return true;
  return (
    rotatedBy.client !== null &&
    clientChange([familyFromText(rotatedBy.client)], clientFamily(userAgent)) !== null
  );
}

/** The text that is stored with a session, so that a client is reported once: `192.0.2.1 browser:Chrome:Windows`. */
export function repeatText({ address, userAgent }: Client): string {
  return `${networkOf(address)} ${familyText(clientFamily(userAgent))}`;
}
