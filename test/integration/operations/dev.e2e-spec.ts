import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Api, newEmail } from '../../support/api.js';
import { reapWith } from '../../support/orphan-reaper.js';
import { waitUntil } from '../../support/wait-until.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe('npm run dev', () => {
  let dataDir: string;
  let dev: ChildProcess;
  let output = '';

  let pageBefore: Record<string, number>;

  beforeAll(async () => {
    pageBefore = inodesOfPage();
    dataDir = await mkdtemp(join(tmpdir(), 'latchkey-dev-'));
    dev = spawn(process.execPath, ['build/dev.mjs', '--inspect', '127.0.0.1:0'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, PORT: '0', LATCHKEY_DATA_DIR: dataDir, GEOIP_DATABASE: 'off' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    reapWith(dev);
    for (const stream of [dev.stdout, dev.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    await listening(1);
  });

  afterAll(async () => {
    const exit = once(dev, 'close');
    dev.kill('SIGTERM');
    await exit;
    await rm(dataDir, { recursive: true, force: true });
  });

  const urls = () => [...output.matchAll(/latchkey: listening on (http:\S+)/g)].map(([, url]) => url ?? '');
  const listening = (times: number) =>
    waitUntil('the service listens', async () => urls().length >= times, { timeoutMs: 100_000 });
  const api = () => new Api(urls().at(-1) ?? '');

  it('offers an inspector and prints readable logs', async () => {
    expect(output).toMatch(/Debugger listening on ws:/);
    await waitUntil('the start is logged', async () => /INFO.*: Server listening/.test(output));
  });

  it('does not touch the built page, which other processes serve', () => {
    expect(Object.keys(pageBefore).length).toBeGreaterThan(0);
    expect(inodesOfPage()).toEqual(pageBefore);
  });

  it('restarts when a file changes, and keeps the embedded database', async () => {
    const email = newEmail();
    expect((await api().register(email)).status).toBe(201);
    const startedAt = performance.now();
    await utimes(join(ROOT, 'src/main.ts'), new Date(), new Date());
    await listening(2);
    // Reported, not asserted: other tests share the cores. The target is 5 s on an idle machine.
    const reloadMs = performance.now() - startedAt;
    process.stderr.write(`npm run dev is ready ${(reloadMs / 1000).toFixed(1)} s after a change\n`);
    expect((await api().login(email)).status).toBe(200);
  });
});

function inodesOfPage(): Record<string, number> {
  const folder = join(ROOT, 'dist/web/assets');
  return Object.fromEntries(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).ino]));
}
