import keySlot from 'cluster-key-slot';
import type { ClusterRedis } from '../config/redis-servers.js';
import { MajorityLocator } from './majority-locator.js';
import { clientOptions } from './redis-client.js';
import type { ServerLocation, ServerLocator } from './server-location.js';
import { Voter } from './voter.js';

/** From slot, to slot, the owner, its replicas. */
type SlotRange = [number, number, [string | null, number, string], ...unknown[]];

/**
 * Asks the configured nodes for the owner of one hash slot. A node replaces the owner that it knows only by one with a
 * later configuration epoch. An owner that has lost the slot ends the subscriptions to it, so one that comes back needs no
 * other term.
 *
 * @param prefix of every key and channel; its hash tag decides the slot
 */
export function clusterLocator(servers: ClusterRedis, prefix: string): ServerLocator {
  const slot = keySlot(prefix);
  const options = clientOptions(servers, null);
  return new MajorityLocator(
    servers.nodes.map((address) => new Voter(address, 'the node', options)),
    (voter) => ownerOf(slot, voter),
    // Nodes may name the owner by different addresses, but by one id.
    ({ term }) => term,
  );
}

async function ownerOf(slot: number, voter: Voter): Promise<ServerLocation> {
  const ranges = (await voter.ask('CLUSTER', 'SLOTS')) as SlotRange[];
  const range = ranges.find(([from, to]) => from <= slot && slot <= to);
  if (!range) throw new Error('no node serves the hash slot');
  const [host, port, id] = range[2];
  // Without a name or address, a node is where it was asked.
  return { host: host || voter.address.host, port: Number(port), term: String(id) };
}
