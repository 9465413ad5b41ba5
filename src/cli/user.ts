import { Command } from 'commander';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../database/data-source.js';
import { ENTITIES } from '../entities.js';
import { PostgresTruth } from '../sessions/postgres-truth.js';
import { Session } from '../sessions/session.entity.js';
import { SessionEnding } from '../sessions/session-ending.js';
import { PasswordHasher } from '../users/password-hasher.js';
import { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { readPassword } from './read-password.js';
import { runCommand } from './run-command.js';
import { UserCommands } from './user-commands.js';

const program = new Command('user').description('Manage the people of this service.');

function declare(
  name: string,
  description: string,
  run: (commands: UserCommands, args: string[]) => Promise<void>,
) {
  program
    .command(name)
    .description(description)
    .action((...given: unknown[]) =>
      act(
        run,
        given.flat().filter((it) => typeof it === 'string'),
      ),
    );
}

function act(run: (commands: UserCommands, args: string[]) => Promise<void>, args: string[]): Promise<void> {
  return runCommand(async ({ environment, url, print }) => {
    const dataSource = await new DataSource({
      ...dataSourceOptions(url, 2),
      entities: ENTITIES,
    }).initialize();
    try {
      const users = new UsersService(dataSource.getRepository(User), new PasswordHasher(environment));
      await run(
        new UserCommands(
          users,
          new SessionEnding(dataSource),
          new PostgresTruth(dataSource),
          dataSource.getRepository(Session),
          print,
        ),
        args,
      );
    } finally {
      await dataSource.destroy();
    }
  });
}

declare(
  'add <email> [roles...]',
  'add a user; the password is asked for, or read from standard input',
  async (it, [email = '', ...roles]) => it.add(email, await readPassword(), roles),
);
declare('list', 'list everybody', (it) => it.list());
declare('grant <user> <role>', 'give a role', (it, [user = '', role = '']) => it.grant(user, role));
declare('revoke-role <user> <role>', 'take a role away, at once', (it, [user = '', role = '']) =>
  it.revokeRole(user, role),
);
declare('disable <user>', 'refuse logins and end every session', (it, [user = '']) => it.disable(user));
declare('enable <user>', 'allow logins again', (it, [user = '']) => it.enable(user));
declare('sessions <user>', 'list the sessions of a user', (it, [user = '']) => it.sessions(user));
declare('end-sessions <user>', 'end every session of a user', (it, [user = '']) => it.endSessions(user));

await program.parseAsync();
