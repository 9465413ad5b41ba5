import { createClient, ErrorReply, type RedisClientOptions } from '@redis/client';
import type { RedisServers } from '../config/redis-servers.js';
import { withTimeout } from '../errors/with-timeout.js';
import { RedisMisconfigured } from './redis-misconfigured.js';

const TIMEOUT_MS = 2_000;

/** Every command that the service sends or calls in scripts, in an order in which nothing is left behind. */
const commandsWith = (key: string, kind: RedisServers['kind']): [string, ...string[]][] => [
  ['client|setname', 'latchkey'],
  ...(kind === 'cluster' ? [['cluster|slots'] as [string]] : []),
  ['info', 'cluster'],
  ['del', key],
  ['hset', key, 'field', ''],
  ['hget', key, 'field'],
  ['hgetall', key],
  ['hdel', key, 'field'],
  ['set', key, '0', 'PX', '1000'],
  ['get', key],
  ['mget', key],
  ['incrby', key, '0'],
  ['pttl', key],
  ['expire', key, '1'],
  ['eval', 'return 1', '1', key],
  [kind === 'cluster' ? 'spublish' : 'publish', key, ''],
  ['multi'],
  ['exec'],
];

/** What the service's user needs, as arguments of `ACL SETUSER`. */
export function neededRights(prefix: string, kind: RedisServers['kind'] = 'single'): string[] {
  const subscribe = kind === 'cluster' ? 'ssubscribe' : 'subscribe';
  const commands = [...commandsWith('', kind).map(([command]) => command), subscribe];
  return [`~${prefix}:*`, `&${prefix}:*`, ...commands.map((command) => `+${command}`)];
}

/** Redis answers, but refuses writes now. The message is one line for the operator. */
export class RedisRefusesWrites extends Error {
  override readonly name = 'RedisRefusesWrites';

  /** @param isReplica whether it is a replica, which is not the fault of a moment */
  constructor(
    message: string,
    readonly isReplica: boolean,
  ) {
    super(message);
  }
}

/**
 * Tries every command that the service needs, on a separate connection: `multi` would catch the commands of others.
 *
 * @throws {RedisMisconfigured | RedisRefusesWrites}; other errors when Redis does not answer now
 */
export async function requireRights(
  options: RedisClientOptions,
  prefix: string,
  kind: RedisServers['kind'],
): Promise<void> {
  const refusals = await refusalsOf(options, `${prefix}:probe`, kind);
  const missing = new Set(refusals.map((refusal) => missingRight(refusal, prefix)));
  missing.delete(null);
  if (missing.size === 0) return requireWrites(refusals, kind);
  const user = userOf(options) || 'default';
  throw new RedisMisconfigured(
    `Redis cannot be used, run this first: ACL SETUSER ${user} ${[...missing].join(' ')}`,
  );
}

function requireWrites(refusals: readonly string[], kind: RedisServers['kind']): void {
  const refusal = refusals.find((text) => /^(?:READONLY|OOM) /.test(text));
  if (refusal === undefined) return;
  const isReplica = refusal.startsWith('READONLY');
  if (!isReplica) throw new RedisRefusesWrites(`Redis refuses writes: ${refusal}`, false);
  // Sentinels and a cluster make a master a replica in each failover, and lead to the new master soon.
  if (kind !== 'single') throw new Error(refusal);
  throw new RedisRefusesWrites(
    'Redis cannot be used: REDIS_URL leads to a read-only replica, it must lead to the master',
    true,
  );
}

function userOf({ url, username }: RedisClientOptions): string | undefined {
  return url === undefined ? username : decodeURIComponent(new URL(url).username);
}

/** What Redis answers with an error. */
async function refusalsOf(
  options: RedisClientOptions,
  key: string,
  kind: RedisServers['kind'],
): Promise<string[]> {
  const client = createClient({
    ...options,
    disableClientInfo: true,
    socket: { ...options.socket, connectTimeout: TIMEOUT_MS, reconnectStrategy: false },
  });
  // An error of the connection also rejects what waits for a reply.
  client.on('error', () => {});
  try {
    const replies = await withTimeout(TIMEOUT_MS, async () => {
      await client.connect();
      const replies = await Promise.allSettled(
        commandsWith(key, kind).map(([name, ...args]) => client.sendCommand([...name.split('|'), ...args])),
      );
      // The client takes every later reply for that of a subscription.
      const subscribed =
        kind === 'cluster' ? client.sSubscribe(key, () => {}) : client.subscribe(key, () => {});
      return [...replies, ...(await Promise.allSettled([subscribed]))];
    });
    return replies.flatMap((reply) => {
      if (reply.status === 'fulfilled') return requireNoCluster(String(reply.value), kind);
      if (!(reply.reason instanceof ErrorReply)) throw reply.reason;
      return requireUsable(reply.reason);
    });
  } catch (error) {
    if (error instanceof ErrorReply) requireUsable(error);
    throw error;
  } finally {
    if (client.isOpen) await client.disconnect();
  }
}

function requireNoCluster(reply: string, kind: RedisServers['kind']): [] {
  if (kind !== 'cluster' && reply.includes('cluster_enabled:1'))
    throw new RedisMisconfigured(
      'Redis cannot be used: REDIS_URL leads to a node of a Redis Cluster, use REDIS_CLUSTER_NODES',
    );
  return [];
}

/** Wrong credentials, a database that does not exist, a Sentinel. What passes by itself, such as `LOADING`, is usable. */
const UNUSABLE = /^(?:NOAUTH|WRONGPASS|ERR (?:AUTH|DB index|invalid|unknown command|SELECT))/;

function requireUsable({ message }: ErrorReply): string {
  if (UNUSABLE.test(message)) throw new RedisMisconfigured(`Redis cannot be used: ${message}`);
  return message;
}

/** The rule that allows what Redis refused, or `null` if it was not for a missing right. */
function missingRight(refusal: string, prefix: string): string | null {
  // Redis puts another code before it when it refuses `exec`.
  if (!refusal.includes('NOPERM ')) return null;
  if (/ access (?:a|one of the) keys?/.test(refusal)) return `~${prefix}:*`;
  if (/ access (?:a|one of the) channels?/.test(refusal)) return `&${prefix}:*`;
  const command = / to run the '([^' ]+)/.exec(refusal)?.[1];
  return command ? `+${command}` : refusal;
}
