import { RedisSharedCache } from '@latchkey/revocation/redis/redis-shared-cache';
import { UserErasure } from '../account/user-erasure.js';
import { RedisAuthenticators } from '../redis/redis-authenticators.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { SNAPSHOT_FORMAT } from '../sessions/store/session-snapshot.js';
import { confirm } from './confirm.js';
import { print } from './print.js';
import { printOutcome, type UserCommands } from './user-commands.js';
import type { UserParts } from './with-users.js';

export async function deleteUser(
  commands: UserCommands,
  { dataSource, users, revoker, environment, audit }: UserParts,
  name: string,
  isConfirmed: boolean,
): Promise<void> {
  const user = await commands.requireUser(name);
  const { redis: configured, secret } = environment;
  if (!isConfirmed && !(await confirm(`Delete ${user.email} (${user.id}) for good?`)))
    return print('nothing was deleted');
  // First: without Redis, what it has cached could not be removed.
  const redis = configured && (await RedisConnection.open(configured.servers, configured.keyPrefix));
  try {
    const cache =
      redis && new RedisSharedCache(redis, SNAPSHOT_FORMAT, new RedisAuthenticators(secret).sessionCache);
    const outcome = await new UserErasure(dataSource, users, revoker, cache).erase(user);
    audit.write({ event: 'user_deleted', outcome: 'success', actor: 'operator', userId: user.id });
    print(`deleted ${user.id}`);
    printOutcome(outcome);
  } finally {
    await redis?.close();
  }
}
