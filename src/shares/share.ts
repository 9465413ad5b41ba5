import { networkOf } from './network-of.js';

/** Whose turn a piece of work uses, where many requests wait for few places. */
export interface Share {
  /** From `networkOf`. */
  readonly network: string;
  /** An id or a hash, the same for every request about one account; empty if there is none. */
  readonly account: string;
  /** Whether the client proved that it is known, for example with a device token of the account. */
  readonly isKnown: boolean;
}

/** The share of the service itself and of its operator, whose work no client can multiply. */
export const SERVICE_SHARE: Share = { network: 'service', account: '', isKnown: true };

/** The share of work for an account when the network of its client is not known. */
export function shareOf(userId: string): Share {
  return { network: `account ${userId}`, account: userId, isKnown: true };
}

/** The share of a client that has not proved who it is. @param address network address of the client */
export function strangerFrom(address: string): Share {
  return { network: networkOf(address), account: '', isKnown: false };
}

/** The share of a client that acts for an account: it is logged in, or knows a link that was mailed to its user. */
export function userFrom(address: string, userId: string): Share {
  return { network: networkOf(address), account: userId, isKnown: true };
}
