import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rawRedisCommand } from './raw-redis-command.js';
import { waitUntil } from './wait-until.js';

const PROGRAM = `
  const { RedisServer } = await import('./redis-server.ts');
  const server = await RedisServer.start();
  console.log(JSON.stringify({ port: server.port, file: server.snapshotFile }));
  setInterval(() => {}, 1000);
`;

describe('PrivateServer', () => {
  it('is stopped and its files are removed when the process that started it is killed', async () => {
    const owner = spawn(
      process.execPath,
      ['--import', './typescript.mjs', '--input-type=module', '--eval', PROGRAM],
      { cwd: fileURLToPath(new URL('.', import.meta.url)), stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
    const { port, file } = JSON.parse(line) as { port: number; file: string };
    expect(await rawRedisCommand(port, 'PING')).toBe('+PONG');

    owner.kill('SIGKILL');

    await waitUntil('the server is gone', () =>
      rawRedisCommand(port, 'PING').then(
        () => false,
        () => true,
      ),
    );
    await waitUntil('its files are gone', () => !existsSync(dirname(file)));
  }, 20_000);
});
