import { waitUntil } from '../../support/wait-until.js';
import type { Cluster } from '../history/cluster.js';
import { redisCommands } from '../history/redis-commands.js';
import { REVOKER, type Stage } from './scenario.js';

const HUNT_MS = 700;

/**
 * Redis is flushed while the witness hears and says nothing any more, but still has its lease. The revoker registers
 * again first, finds nobody else in the table, and ends a session.
 */
export async function endedAfterAFlush(stage: Stage): Promise<void> {
  const held = await stage.warmSession();
  const { cluster } = stage;
  const { redis, postgres } = stage.witness;
  const breakIt = async () => {
    redis.hang();
    await postgres.cut();
    await cluster.redis.send('FLUSHALL');
  };
  await stage.broken('no Redis, no Postgres, a flush', breakIt, async () => {
    await waitUntil('the revoker is registered again', () => isOneRegistered(cluster), { timeoutMs: 60_000 });
    await stage.recorder.logout(REVOKER, held);
    await stage.hunt(held, HUNT_MS);
  });
}

async function isOneRegistered({ redis, prefix }: Cluster): Promise<boolean> {
  const [registered] = await redisCommands(redis.port, [['HLEN', `${prefix}:instances`]]);
  return registered === 1;
}
