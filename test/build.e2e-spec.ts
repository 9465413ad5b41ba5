import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Api, newEmail } from './support/api.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { serviceEnv } from './support/service-env.js';
import { waitUntil } from './support/wait-until.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Inside the project, where its dependencies are found. */
const CACHE = `${ROOT}node_modules/.cache/`;

describe('the built service, in one file', () => {
  let directory: string;
  let database: TestDatabase;
  let service: ChildProcess;
  let api: Api;

  beforeAll(async () => {
    mkdirSync(CACHE, { recursive: true });
    directory = mkdtempSync(`${CACHE}latchkey-build-`);
    await run('npx', ['tsc', '-p', 'tsconfig.build.json', '--outDir', directory], { cwd: ROOT });
    await run('node', ['build/bundle.mjs', directory], { cwd: ROOT });
    await run('node', ['build/page.mjs', directory], { cwd: ROOT });
    database = await createTestDatabase();
    service = spawn(process.execPath, [`${directory}/src/main.js`], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: '0',
        ...serviceEnv(database.url),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    service.stdout?.on('data', (text) => {
      output += text;
    });
    const url = () => /listening on (http:\S+)/.exec(output)?.[1] ?? '';
    await waitUntil('the built service listens', async () => url() !== '', { timeoutMs: 60_000 });
    api = new Api(url());
  });

  afterAll(async () => {
    service?.kill('SIGKILL');
    await database?.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('lets somebody in, and out', async () => {
    const { access_token } = await api.newcomer();
    expect((await api.me(access_token)).status).toBe(200);
    expect((await api.logout(access_token)).status).toBe(204);
    expect(await api.me(access_token)).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
  });

  // Each finds what it needs by metadata, which a second copy of a package would not have.
  it('names every bad field, and refuses a password that everybody uses', async () => {
    const bad = await api.call('POST', '/auth/register', { body: { email: 'x', password: 1, more: true } });
    expect(bad).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(bad.body.errors).toHaveLength(3);
    expect(await api.register(newEmail(), 'password')).toMatchObject({
      status: 400,
      body: { reason: 'common' },
    });
  });

  it('serves its page, with what belongs to it', async () => {
    const { status, text } = await api.call('GET', '/account');
    expect(status).toBe(200);
    const parts = [...text.matchAll(/"(\/account\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(parts.map((path) => path.replace(/.*\./, '')).sort()).toEqual(['css', 'js', 'svg']);
    for (const path of parts) expect((await api.call('GET', path)).status).toBe(200);
  });

  it('serves its documentation', async () => {
    expect((await api.call('GET', '/docs')).status).toBe(200);
    expect((await api.call('GET', '/docs/swagger-ui.css')).status).toBe(200);
    expect((await api.call('GET', '/docs/openapi.json')).body).toMatchObject({ openapi: expect.any(String) });
  });
});
