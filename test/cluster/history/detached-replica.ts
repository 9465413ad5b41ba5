import { RedisServer } from '../../support/redis-server.js';
import { waitUntil } from '../../support/wait-until.js';
import { redisCommands } from './redis-commands.js';

/** The copy is small, but the machine is busy with everything else. */
const CATCH_UP_TIMEOUT_MS = 60_000;

/** A replica that caught up with its master and then stopped following: a second master that falls further behind. */
export async function detachedReplica(master: { port: number }): Promise<RedisServer> {
  const replica = await RedisServer.start({ snapshot: true, replicaOf: master });
  try {
    await waitUntil('the replica has caught up', () => hasCaughtUp(replica), {
      timeoutMs: CATCH_UP_TIMEOUT_MS,
      everyMs: 100,
    });
    await replica.send('REPLICAOF NO ONE');
    return replica;
  } catch (error) {
    await replica.dispose();
    throw error;
  }
}

async function hasCaughtUp({ port }: RedisServer): Promise<boolean> {
  const [info] = await redisCommands(port, [['INFO', 'replication']]);
  return String(info).includes('master_link_status:up');
}
