import { Command } from 'commander';
import { client } from './client.js';
import { explain } from './explain.js';
import { key } from './key.js';
import { mailBounce } from './mail-bounce.js';
import { mailTemplates } from './mail-templates.js';
import { migrate } from './migrate.js';
import { handleOutputErrors } from './output-errors.js';
import { seed } from './seed.js';
import { user } from './user.js';

handleOutputErrors();
await new Command('latchkey')
  .description('Operate a Latchkey service. Run it with the environment of the service.')
  .helpCommand(false)
  .addCommand(migrate)
  .addCommand(user)
  .addCommand(client)
  .addCommand(key)
  .addCommand(explain)
  .addCommand(mailBounce)
  .addCommand(mailTemplates)
  .addCommand(seed)
  .parseAsync();
