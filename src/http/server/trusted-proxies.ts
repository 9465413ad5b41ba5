import proxyAddr from '@fastify/proxy-addr';
import type { Config } from '../../config/config.js';
import { withoutPort } from '../routes/client-address.js';

export type TrustProxy = Config['http']['trustProxy'];

/**
 * Which hops of `X-Forwarded-For` to trust.
 *
 * Fastify also accepts a number, but then trusts no hop, because it cannot know whether clients can bypass the proxies.
 * An operator who configures a number states that they cannot.
 */
export function trustedHops(setting: TrustProxy) {
  if (typeof setting === 'number') return (_address: string, hop: number) => hop < setting;
  if (typeof setting === 'boolean') return setting;
  const isTrusted = proxyAddr.compile(setting);
  return (address: string, hop: number) => isTrusted(withoutPort(address), hop);
}

/** Whether a peer is a proxy, in whose connections requests of many clients arrive. */
export function isProxyOf(setting: TrustProxy): (address: string) => boolean {
  const trusted = trustedHops(setting);
  return typeof trusted === 'boolean' ? () => trusted : (address) => trusted(address, 0);
}
