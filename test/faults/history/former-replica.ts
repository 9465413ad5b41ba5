import { RedisServer } from '../../support/redis-server.js';
import { waitUntil } from '../../support/wait-until.js';
import { redisCommands } from './redis-command.js';

/** A replica that has caught up with its master and then stopped following: a second master, ever further behind. */
export async function formerReplica(master: { port: number }): Promise<RedisServer> {
  const replica = await RedisServer.start({ snapshot: true, replicaOf: master });
  await waitUntil('the replica has caught up', async () => {
    const [info] = await redisCommands(replica.port, [['INFO', 'replication']]);
    return String(info).includes('master_link_status:up');
  });
  await replica.say('REPLICAOF NO ONE');
  return replica;
}
