import { Command } from 'commander';
import { revertMigration, runMigrations, showMigrations } from '../database/migrations.js';
import { openDatabase } from '../database/prepare-database.js';
import { print } from './print.js';
import { runCommand } from './run-command.js';

export const migrate = new Command('migrate')
  .description('apply or revert schema migrations')
  .helpCommand(false);

migrate
  .command('run')
  .description('apply all pending migrations')
  .action(() =>
    runCommand(openDatabase, async (url) => {
      const applied = await runMigrations(url);
      for (const name of applied) print(`applied ${name}`);
      if (applied.length === 0) print('nothing to apply');
    }),
  );

migrate
  .command('revert')
  .description('revert the newest migration and drop the data it added')
  .action(() =>
    runCommand(openDatabase, async (url) => {
      const reverted = await revertMigration(url);
      print(reverted ? `reverted ${reverted}` : 'nothing to revert');
    }),
  );

migrate
  .command('show')
  .description('list all migrations and whether each is applied')
  .action(() =>
    runCommand(openDatabase, async (url) => {
      for (const { name, applied } of await showMigrations(url)) print(`${applied ? '[X]' : '[ ]'} ${name}`);
    }),
  );
