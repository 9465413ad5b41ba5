import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { Api } from '../../support/api.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { unprivilegedUser } from '../../support/run-as.js';
import { inProject } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { waitUntil } from '../../support/wait-until.js';

const run = promisify(execFile);
const ROOT = inProject('');

/**
 * The files of the image: the build and the production dependencies, owned by another user than the one that runs them.
 * Files are linked, because the dependencies are large.
 */
async function imageFiles(folder: string): Promise<void> {
  // Exits with an error for peer dependencies that are only optional for the service.
  const { stdout } = await run('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: ROOT,
  }).catch((error: { stdout: string }) => error);
  const dependencies = stdout.split('\n').filter((path) => path.includes('/node_modules/'));
  const paths = [
    'dist',
    'package.json',
    'docs/errors.md',
    ...dependencies.map((path) => relative(ROOT, path)),
  ];
  for (const path of paths) {
    // A package that is nested in another one was copied with it.
    if (path.indexOf('node_modules') !== path.lastIndexOf('node_modules')) continue;
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await run('cp', ['-a', '--link', join(ROOT, path), join(folder, path)]);
  }
  await chmod(folder, 0o755);
}

describe('the files of the image, for a user who may only read them', () => {
  let folder: string;
  let database: TestDatabase;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-image-'));
    database = await createTestDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await client.end();
    await imageFiles(folder);
  }, 120_000);
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await database?.drop();
  });

  /** Starts a program of the image as its `node` user would. */
  function start(...args: string[]) {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      ...unprivilegedUser(),
      env: {
        ...serviceEnv(database.url, { LATCHKEY_DATA_DIR: '/nonexistent' }),
        PATH: '/usr/bin:/bin',
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: '0',
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    const ended = once(child, 'close').then(([code]) => ({ code, output }));
    return { child, ended, output: () => output };
  }

  it('have no development dependencies', () => {
    const has = (name: string) => existsSync(join(folder, 'node_modules', name));
    expect(['@nestjs/core', '@nestjs/cli', 'jest', 'esbuild'].map(has)).toEqual([true, false, false, false]);
  });

  it('start after the command that the refused start names', async () => {
    const refused = await start('dist/src/main.js').ended;
    const [, command = ''] = /run "(latchkey [\w ]+)"/.exec(refused.output) ?? [];
    expect([refused.code, command]).toEqual([1, 'latchkey migrate run']);

    const migrated = await start('dist/src/cli/latchkey.js', ...command.split(' ').slice(1)).ended;
    expect(migrated).toMatchObject({ code: 0, output: expect.stringMatching(/^applied CreateUsers/) });

    const service = start('dist/src/main.js');
    try {
      const url = await waitUntil(
        'the service listens',
        () => /listening on (http:\S+?)"?(,|\s)/.exec(service.output())?.[1],
        { timeoutMs: 60_000 },
      );
      const api = new Api(url);
      const { access_token } = await api.newcomer();
      expect((await api.me(access_token)).status).toBe(200);
      expect((await api.call('GET', '/docs')).status).toBe(200);
      service.child.kill('SIGTERM');
      expect((await service.ended).code).toBe(0);
    } finally {
      service.child.kill('SIGKILL');
    }
  }, 120_000);
});

describe('the Dockerfile', () => {
  const dockerfile = readFileSync(inProject('Dockerfile'), 'utf8');

  it('copies the files that were tried here, and runs as a user without rights', () => {
    const final = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    const copied = [...final.matchAll(/^COPY (?:--from=build )?\S+ (\S+)$/gm)].map(([, to]) => to);
    expect(copied).toEqual(['./node_modules', './dist', './', './docs/errors.md']);
    expect(dockerfile).toContain('npm ci --omit=dev');
    expect(final).toMatch(/^USER node$/m);
    expect(final).toContain('/usr/local/bin/latchkey');
  });
});
