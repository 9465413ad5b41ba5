import { Command, InvalidArgumentError } from 'commander';
import type { UserPage } from '../users/users.service.js';
import { deleteUser } from './delete-user.js';
import { exportUser } from './export-user.js';
import { readPassword } from './read-password.js';
import { withUsers } from './with-users.js';

const LISTED_MAX = 10_000;

export const user = new Command('user')
  .description('manage users, their roles and their sessions')
  .helpCommand(false)
  .addHelpText(
    'after',
    `
A <user> is an email address or an id.

Examples:
  latchkey user add ada@example.org admin      asks for the password
  latchkey user revoke-role ada@example.org admin
  latchkey user disable ada@example.org

Commands that revoke sessions or roles wait until every running instance has confirmed the change.
They need the environment of the service: DATABASE_URL, or the same LATCHKEY_DATA_DIR.`,
  );

user
  .command('add <email> [roles...]')
  .description('add a user; prompts for the password, or reads it from the first line of standard input')
  .action((email: string, roles: string[]) =>
    withUsers(async (users) => users.add(email, await readPassword(), roles)),
  );
user
  .command('list')
  .description('list users, oldest first: id, email address, status, roles')
  .option('--limit <count>', `how many, from 1 to ${LISTED_MAX}`, readLimit, 100)
  .option('--after <id>', 'begin after the user with this id')
  .action((page: UserPage) => withUsers((users) => users.list(page)));
user
  .command('show <user>')
  .description('show a user, and whether mail to the address is delivered')
  .action((name: string) => withUsers((users) => users.show(name)));
user
  .command('grant <user> <role>')
  .description('grant a role; access tokens issued before become stale, and a refresh brings the role')
  .action((name: string, role: string) => withUsers((users) => users.grant(name, role)));
user
  .command('revoke-role <user> <role>')
  .description('revoke a role; access tokens issued before are refused as stale at once')
  .action((name: string, role: string) => withUsers((users) => users.revokeRole(name, role)));
user
  .command('disable <user>')
  .description('refuse logins and revoke every session')
  .action((name: string) => withUsers((users) => users.disable(name)));
user
  .command('enable <user>')
  .description('allow logins again')
  .action((name: string) => withUsers((users) => users.enable(name)));
user
  .command('sessions <user>')
  .description('list sessions, newest first: device, times, address and why each ended')
  .option('--limit <count>', `how many, from 1 to ${LISTED_MAX}`, readLimit, 100)
  .option('--after <id>', 'begin after the session with this id')
  .action((name: string, page: UserPage) => withUsers((users) => users.sessions(name, page)));
user
  .command('end-sessions <user>')
  .description('revoke every session; the user can log in again')
  .action((name: string) => withUsers((users) => users.endSessions(name)));
user
  .command('export <user>')
  .description('write what is stored about a user as JSON, without secrets')
  .option('--output <file>', 'a new file, which only its owner can read; `-` is the standard output', '-')
  .action((name: string, { output }: { output: string }) =>
    withUsers((users, { dataSource }) => exportUser(users, dataSource, name, output)),
  );
user
  .command('delete <user>')
  .description('revoke every session, then delete the user and everything that names the person')
  .option('--yes', 'do not ask; required without a terminal')
  .action((name: string, { yes }: { yes?: true }) =>
    withUsers((users, parts) => deleteUser(users, parts, name, yes === true)),
  );

function readLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,5}$/.test(text) && limit >= 1 && limit <= LISTED_MAX) return limit;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${LISTED_MAX}.`);
}
