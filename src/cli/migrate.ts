import { Command } from 'commander';
import { revertMigration, runMigrations, showMigrations } from '../database/migrations.js';
import { openDatabase } from '../database/prepare-database.js';
import { print } from './print.js';
import { runCommand } from './run-command.js';

const program = new Command('migrate')
  .description('Bring the schema of the database to that of this build, and back.')
  .helpCommand(false);

program
  .command('run')
  .description('apply what is missing')
  .action(() =>
    runCommand(openDatabase, async (url) => {
      const applied = await runMigrations(url);
      for (const name of applied) print(`applied ${name}`);
      if (applied.length === 0) print('nothing to apply');
    }),
  );

program
  .command('revert')
  .description('take back the newest one, with the data in what it made')
  .action(() =>
    runCommand(openDatabase, async (url) => {
      const reverted = await revertMigration(url);
      print(reverted ? `reverted ${reverted}` : 'nothing to revert');
    }),
  );

program
  .command('show')
  .description('list all, and which are applied')
  .action(() =>
    runCommand(openDatabase, async (url) => {
      for (const { name, applied } of await showMigrations(url)) print(`${applied ? '[X]' : '[ ]'} ${name}`);
    }),
  );

await program.parseAsync();
