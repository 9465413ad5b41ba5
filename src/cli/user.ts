import { Command, InvalidArgumentError } from 'commander';
import type { UserPage } from '../users/users.service.js';
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
  .action((name: string) => withUsers((users) => users.sessions(name)));
user
  .command('end-sessions <user>')
  .description('revoke every session; the user can log in again')
  .action((name: string) => withUsers((users) => users.endSessions(name)));

function readLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,5}$/.test(text) && limit >= 1 && limit <= LISTED_MAX) return limit;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${LISTED_MAX}.`);
}
