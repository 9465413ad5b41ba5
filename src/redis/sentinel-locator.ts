import type { SentinelRedis } from '../config/redis-servers.js';
import { MajorityLocator } from './majority-locator.js';
import type { ServerLocation, ServerLocator } from './server-location.js';
import { Voter } from './voter.js';

/**
 * Asks the sentinels for the master. They number the masters that they appoint (`config-epoch`), and none of them goes back
 * to a smaller number, also not after a restart.
 */
export function sentinelLocator({
  sentinels,
  sentinelUser,
  access,
  masterName,
}: SentinelRedis): ServerLocator {
  const options = {
    ...(sentinelUser.username === null ? {} : { username: sentinelUser.username }),
    ...(sentinelUser.password === null ? {} : { password: sentinelUser.password }),
    ...(access.tls ? { socket: { tls: true as const } } : {}),
  };
  return new MajorityLocator(
    sentinels.map((address) => new Voter(address, 'the sentinel', options)),
    (voter) => masterOf(masterName, voter),
    ({ host, port, term }) => `${host} ${port} ${term}`,
  );
}

async function masterOf(masterName: string, voter: Voter): Promise<ServerLocation> {
  const fields = fieldsOf(await voter.ask('SENTINEL', 'MASTER', masterName));
  const [host, port, term] = ['ip', 'port', 'config-epoch'].map((name) => fields.get(name));
  if (!host || !port || !term) throw voter.misconfigured('no master');
  return { host, port: Number(port), term };
}

/** A list of names and values. */
function fieldsOf(reply: unknown): Map<string, string> {
  const texts = Array.isArray(reply) ? reply.map(String) : [];
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < texts.length; at += 2) fields.set(texts[at] ?? '', texts[at + 1] ?? '');
  return fields;
}
