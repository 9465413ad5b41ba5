import { Command } from 'commander';
import { readPassword } from './read-password.js';
import { withUsers } from './with-users.js';

const program = new Command('user')
  .description('Manage the people of this service. A <user> is an e-mail address or an id.')
  .helpCommand(false)
  .addHelpText(
    'after',
    `
Examples:
  npm run user -- add ada@example.org admin      asks for the password
  npm run user -- revoke-role ada@example.org admin
  npm run user -- disable ada@example.org

What ends a session or takes a role away waits until every running instance has confirmed it.
It needs the environment of the service: DATABASE_URL, or the same LATCHKEY_DATA_DIR.`,
  );

program
  .command('add <email> [roles...]')
  .description('add a user; the password is asked for, or read from the first line of standard input')
  .action((email: string, roles: string[]) =>
    withUsers(async (users) => users.add(email, await readPassword(), roles)),
  );
program
  .command('list')
  .description('list everybody: id, address, status, roles')
  .action(() => withUsers((users) => users.list()));
program
  .command('grant <user> <role>')
  .description('give a role; tokens that are out become stale, and a refresh brings it')
  .action((user: string, role: string) => withUsers((users) => users.grant(user, role)));
program
  .command('revoke-role <user> <role>')
  .description('take a role away; tokens that are out are refused as stale at once')
  .action((user: string, role: string) => withUsers((users) => users.revokeRole(user, role)));
program
  .command('disable <user>')
  .description('refuse logins, and end every session')
  .action((user: string) => withUsers((users) => users.disable(user)));
program
  .command('enable <user>')
  .description('allow logins again')
  .action((user: string) => withUsers((users) => users.enable(user)));
program
  .command('sessions <user>')
  .description('list the sessions, newest first: device, times, address, and why each ended')
  .action((user: string) => withUsers((users) => users.sessions(user)));
program
  .command('end-sessions <user>')
  .description('end every session; the user can log in again')
  .action((user: string) => withUsers((users) => users.endSessions(user)));

await program.parseAsync();
