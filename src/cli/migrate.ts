import { Command } from 'commander';
import { newestMigration, revertMigration, runMigrations, showMigrations } from '../database/migrations.js';
import { confirm } from './confirm.js';
import { note, print } from './print.js';
import { runSchemaCommand } from './run-command.js';

export const migrate = new Command('migrate')
  .description('apply or revert schema migrations')
  .helpCommand(false);

migrate
  .command('run')
  .description('apply all pending migrations')
  .action(() =>
    runSchemaCommand(async (url) => {
      const applied = await runMigrations(url, note);
      for (const name of applied) print(`applied ${name}`);
      if (applied.length === 0) print('nothing to apply');
    }),
  );

migrate
  .command('revert')
  .description('revert the newest migration, only that one, and drop the data it added')
  .option('--yes', 'do not ask; required without a terminal')
  .action(({ yes }: { yes?: true }) => runSchemaCommand((url) => revert(url, yes === true)));

migrate
  .command('show')
  .description('list all migrations and whether each is applied')
  .action(() =>
    runSchemaCommand(async (url) => {
      for (const { name, applied } of await showMigrations(url)) print(`${applied ? '[X]' : '[ ]'} ${name}`);
    }),
  );

async function revert(url: string, isConfirmed: boolean): Promise<void> {
  const newest = await newestMigration(url);
  if (!newest) return print('nothing to revert');
  const { name, losses } = newest;
  print(`the newest migration is ${name}; reverting it drops ${losses.join(', ') || 'no data'}`);
  if (!isConfirmed && !(await confirm(`Revert ${name}?`))) return print('nothing was reverted');
  print(`reverted ${await revertMigration(url, name, note)}`);
}
