import { waitUntil } from '../../support/wait-until.js';
import type { Cluster } from '../history/cluster.js';
import { redisCommands } from '../history/redis-commands.js';
import { REVOKER, type Scenario } from './scenario.js';

const PROBE_MS = 700;

/**
 * Redis is flushed while the witness is cut off but still holds its lease. The revoker registers again first, finds
 * no other instance in the table, and revokes a session.
 */
export async function revokedAfterFlush(scenario: Scenario): Promise<void> {
  const session = await scenario.warmSession();
  const { cluster } = scenario;
  const { redis, postgres } = scenario.witness;
  const inject = async () => {
    redis.hang();
    await postgres.cut();
    await cluster.redis.send('FLUSHALL');
  };
  await scenario.broken('no Redis, no Postgres, a flush', inject, async () => {
    await waitUntil('the revoker has registered again', () => isOneRegistered(cluster), {
      timeoutMs: 60_000,
    });
    await scenario.recorder.logout(REVOKER, session);
    await scenario.probe(session, PROBE_MS);
  });
}

async function isOneRegistered({ redis, prefix }: Cluster): Promise<boolean> {
  const [registered] = await redisCommands(redis.port, [['HLEN', `${prefix}:instances`]]);
  return registered === 1;
}
