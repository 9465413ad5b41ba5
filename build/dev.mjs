// `npm run dev`: runs the service from its source and restarts it when a file changes, with the inspector on
// port 9229 and readable logs. The page is rebuilt as well.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pretty from 'pino-pretty';
import { STAMP } from './inputs.mjs';
import { watchPage } from './page.mjs';

const { values: options } = parseArgs({
  options: { inspect: { type: 'string', default: '127.0.0.1:9229' } },
});
const ROOT = fileURLToPath(new URL('..', import.meta.url));
process.chdir(ROOT);

const page = 'dist/web';
// A page with changes that are later undone is not what `npm run build` built from the same files.
await watchPage(page, () => rm(`dist/${STAMP}`, { force: true }));

const watched = ['src', 'packages', 'migrations', page].filter((folder) => existsSync(folder));
const service = spawn(
  process.execPath,
  [
    ...watched.map((folder) => `--watch-path=${folder}`),
    '--watch-preserve-output',
    '--enable-source-maps',
    `--inspect=${options.inspect}`,
    ...['--import', './test/support/typescript.mjs'],
    'src/main.ts',
  ],
  { stdio: ['inherit', 'pipe', 'inherit'] },
);
service.stdout.pipe(pretty({ ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' }));

// Ctrl-C reaches the service too, which then stops in good order.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => service.kill('SIGTERM'));
service.on('close', (code) => process.exit(code ?? 0));
