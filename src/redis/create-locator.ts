import keySlot from 'cluster-key-slot';
import type { RedisServers } from '../config/redis-servers.js';
import { clusterLocator } from './cluster-locator.js';
import { sentinelLocator } from './sentinel-locator.js';
import type { ServerLocator } from './server-location.js';

/** @returns `null` for a single server, whose address never changes */
export function createLocator(servers: RedisServers, prefix: string): ServerLocator | null {
  if (servers.kind === 'sentinel') return sentinelLocator(servers);
  if (servers.kind === 'cluster') return clusterLocator(servers, prefix);
  return null;
}

/** The prefix of keys and channels. In a cluster, it keeps all of them in one hash slot. */
export function prefixIn({ kind }: RedisServers, prefix: string): string {
  const isInOneSlot = keySlot(`${prefix}:1`) === keySlot(`${prefix}:2`);
  return kind === 'cluster' && !isInOneSlot ? `{${prefix}}` : prefix;
}
