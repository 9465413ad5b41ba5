import { Command } from 'commander';
import { client } from './client.js';
import { explain } from './explain.js';
import { migrate } from './migrate.js';
import { user } from './user.js';

await new Command('latchkey')
  .description('Operate a Latchkey service. Run it with the environment of the service.')
  .helpCommand(false)
  .addCommand(migrate)
  .addCommand(user)
  .addCommand(client)
  .addCommand(explain)
  .parseAsync();
