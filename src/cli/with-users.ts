import { PasswordHasher } from '../credentials/password/password-hasher.js';
import { connect } from '../database/connect.js';
import { dataSourceOptions } from '../database/data-source.js';
import { databaseForCommand } from '../database/prepare-database.js';
import { ENTITIES } from '../entities.js';
import { Session } from '../sessions/session.entity.js';
import { SessionRevoker } from '../sessions/session-revoker.js';
import { PostgresSessionStore } from '../sessions/store/postgres-session-store.js';
import { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { runCommand } from './run-command.js';
import { UserCommands } from './user-commands.js';

const POOL_SIZE = 2;

/** Runs one command about users on the service's database, with no more of the service than it needs. */
export function withUsers(run: (commands: UserCommands) => Promise<void>): Promise<void> {
  return runCommand(databaseForCommand, async (url, environment) => {
    const dataSource = await connect({
      ...dataSourceOptions(url, POOL_SIZE),
      entities: ENTITIES,
    });
    try {
      const commands = new UserCommands(
        new UsersService(dataSource.getRepository(User), new PasswordHasher(environment)),
        new SessionRevoker(dataSource),
        new PostgresSessionStore(dataSource),
        dataSource.getRepository(Session),
      );
      await run(commands);
    } finally {
      await dataSource.destroy();
    }
  });
}
