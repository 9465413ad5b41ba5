import { revertMigration, runMigrations, showMigrations } from '../database/migrations.js';
import { runCommand } from './run-command.js';

const COMMANDS: Record<string, (url: string) => Promise<string[]>> = {
  run: async (url) => {
    const applied = await runMigrations(url);
    return applied.length > 0 ? applied.map((name) => `applied ${name}`) : ['nothing to apply'];
  },
  revert: async (url) => {
    const reverted = await revertMigration(url);
    return [reverted ? `reverted ${reverted}` : 'nothing to revert'];
  },
  show: async (url) =>
    (await showMigrations(url)).map(({ name, applied }) => `${applied ? '[X]' : '[ ]'} ${name}`),
};

await runCommand(async ({ url, print }) => {
  const command = COMMANDS[process.argv[2] ?? ''];
  if (!command) throw new Error(`usage: migrate ${Object.keys(COMMANDS).join(' | ')}`);
  for (const line of await command(url)) print(line);
});
