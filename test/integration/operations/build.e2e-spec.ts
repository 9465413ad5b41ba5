import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { hashOf } from '../../../build/inputs.mjs';
import { type Api, newEmail } from '../../support/api.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { COMMAND, inProject, MAIN, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe('the build', () => {
  const build = () => run(process.execPath, ['build/build.mjs'], { cwd: ROOT });

  it('does nothing while its inputs have the same content', async () => {
    const builtAt = statSync(inProject(MAIN)).mtimeMs;
    const now = new Date();
    utimesSync(`${ROOT}src/main.ts`, now, now);
    expect((await build()).stdout).toBe('');
    expect(statSync(inProject(MAIN)).mtimeMs).toBe(builtAt);
  });

  it('is out of date as soon as an input has other content', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-inputs-'));
    try {
      const write = (name: string, text: string) => writeFile(join(folder, name), text);
      await mkdir(join(folder, 'src'));
      await write('src/a.ts', 'one');
      const hash = hashOf(folder);
      await write('src/a.spec.ts', 'a test');
      expect(hashOf(folder)).toBe(hash);
      await write('src/a.ts', 'two');
      const changed = hashOf(folder);
      expect(changed).not.toBe(hash);
      await write('src/b.ts', '');
      expect(hashOf(folder)).not.toBe(changed);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('the built programs', () => {
  // Loaded from `node_modules`, Nest would be there twice: the tests have parts of it that the service does not use.
  it('import no part of Nest', () => {
    const folder = `${ROOT}dist/chunks/`;
    const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
    const text = scripts.map((name) => readFileSync(folder + name, 'utf8')).join('\n');
    expect(text).toContain('NestFactory');
    expect(text.match(/\b(import|require)\(?\s*["']@nestjs\/[^"']+/g)).toBeNull();
  });
});

describe('the built service', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  let api: Api;

  beforeAll(async () => {
    database = await createTestDatabase();
    service = await ServiceProcess.start({
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      ...serviceEnv(database.url),
    });
    api = service.api;
  });

  afterAll(async () => {
    service?.kill();
    await database?.drop();
  });

  it('logs a user in and out', async () => {
    const { access_token } = await api.newcomer();
    expect((await api.me(access_token)).status).toBe(200);
    expect((await api.logout(access_token)).status).toBe(204);
    expect(await api.me(access_token)).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
  });

  // Validation depends on metadata, which a second copy of a package would not have.
  it('names every invalid field, and refuses a common password', async () => {
    const bad = await api.call('POST', '/auth/register', { body: { email: 'x', password: 1, more: true } });
    expect(bad).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(bad.body.errors).toHaveLength(3);
    expect(await api.register(newEmail(), 'password')).toMatchObject({
      status: 400,
      body: { reason: 'common' },
    });
  });

  it('serves its page with its scripts and styles', async () => {
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

describe('an unexpected error in a built program', () => {
  // The directory of the secret cannot be made below a file.
  const env = { LATCHKEY_DATA_DIR: '/dev/null/below-a-file' };

  it.each([
    ['the service', MAIN, []],
    ['the latchkey command', COMMAND, ['user', 'list']],
  ])('has a stack that names the line of the source: %s', async (_, program, args) => {
    const { code, stderr } = await runProgram(program, args, env);
    expect(code).toBe(1);
    const [, file = '', line = ''] = /\/(src\/[\w./-]+\.ts):(\d+):\d+/.exec(stderr) ?? [];
    expect(readFileSync(`${ROOT}${file}`, 'utf8').split('\n')[Number(line) - 1]).toContain('mkdirSync(');
  });
});

describe('the built latchkey command', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());

  const latchkey = (args: string[], input = '') => runProgram(COMMAND, args, serviceEnv(database.url), input);

  it('lists its commands', async () => {
    const { code, stdout } = await latchkey(['--help']);
    expect(code).toBe(0);
    for (const name of ['migrate', 'user', 'explain'])
      expect(stdout).toMatch(new RegExp(`^ +${name}\\b`, 'm'));
  });

  it('migrates the database', async () => {
    const shown = await latchkey(['migrate', 'show']);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/^\[X\] CreateUsers\d+$/m);
    expect((await latchkey(['migrate', 'run'])).stdout).toBe('nothing to apply\n');
  });

  it('manages users', async () => {
    const email = newEmail();
    expect(await latchkey(['user', 'add', email, 'admin'], 'correct horse battery\n')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${email}  active  admin`),
    });
    expect((await latchkey(['user', 'list'])).stdout).toContain(email);
  });

  it('refuses to explain an unknown session', async () => {
    expect(await latchkey(['explain', '01890a5d-ac96-774b-bcce-b302099a8057'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no session'),
    });
  });
});
