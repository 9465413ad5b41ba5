import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.js';
import { reapWith } from '../support/orphan-reaper.js';
import { canInstallPackages } from '../support/package-registry.js';
import { waitUntil } from '../support/wait-until.js';
import { ServiceForGuards } from './service-for-guards.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const EXAMPLE_ISSUER = 'https://id.example.com';
/** The network is not ours to test. */
const INSTALL_TIMEOUT_MS = 600_000;
const run = promisify(execFile);

const describeIfInstallable = (await canInstallPackages('the installation of the guard'))
  ? describe
  : describe.skip;

describeIfInstallable('the packed package', () => {
  let folder: string;
  let service: ServiceForGuards;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-guard-'));
    service = await ServiceForGuards.start();
    await install(folder);
  }, INSTALL_TIMEOUT_MS);

  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('installs without the other packages of the repository', () => {
    expect(readdirSync(join(folder, 'node_modules/@latchkey'))).toEqual(['guard']);
    expect(readdirSync(join(folder, 'node_modules/@latchkey/guard')).sort()).toEqual([
      ...['LICENSE', 'README.md', 'dist', 'docs', 'package.json', 'protos'],
    ]);
  });

  it.each(['', '/fastify', '/express', '/ws', '/grpc', '/nest'])(
    'shares its classes in @latchkey/guard%s',
    async (path) => {
      const script = `
      const { GuardError } = await import('@latchkey/guard');
      const chunks = JSON.stringify(Object.keys(await import('@latchkey/guard${path}')));
      console.log(typeof GuardError, chunks.length > 2);`;
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
      expect(stdout).toBe('function true\n');
    },
  );

  it('keeps the name of the class of principals, which logs show', async () => {
    const { access_token } = await service.api.newcomer();
    const script = `
      const { createGuard } = await import('@latchkey/guard');
      const guard = createGuard(${JSON.stringify({ ...service.guardOptions, service: service.url })});
      await guard.ready();
      console.log((await guard.check('${access_token}')).constructor.name);
      await guard.close();`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
    expect(stdout).toBe('TokenPrincipal\n');
  });

  it('protects a route in fifteen lines of TypeScript, as its README shows', async () => {
    const example = readmeExample();
    // Imports apart, as people count them.
    expect(
      example
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('import')).length,
    ).toBeLessThan(15);
    const { issuer } = service.guardOptions;
    writeFileSync(
      join(folder, 'server.ts'),
      example.replace(`issuer: '${EXAMPLE_ISSUER}'`, `issuer: '${issuer}', service: '${service.url}'`),
    );
    await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    const port = await freePort();
    const server = spawn(process.execPath, [join(folder, 'server.js')], {
      env: { PORT: String(port), ORDERS_CLIENT_SECRET: service.guardOptions.clientSecret },
      stdio: 'inherit',
    });
    reapWith(server);
    try {
      await useRoute(`http://127.0.0.1:${port}/me`, service);
    } finally {
      server.kill();
      await once(server, 'exit');
    }
  });
});

async function useRoute(url: string, service: ServiceForGuards): Promise<void> {
  await waitUntil('the server listens', () => fetch(url), { timeoutMs: 60_000 });
  const { access_token: token } = await service.api.newcomer();
  const get = () => fetch(url, { headers: { authorization: `Bearer ${token}` } });
  expect((await fetch(url)).status).toBe(401);
  expect(await (await get()).json()).toEqual({ user: expect.any(String) });
  expect((await service.api.logout(token)).status).toBe(204);
  expect(await (await get()).json()).toMatchObject({
    status: 401,
    code: 'session_revoked',
    reason: 'logout',
  });
}

/** As a user does it: a tarball, the framework, and what TypeScript needs. */
async function install(folder: string): Promise<void> {
  await run('npm', ['pack', '-w', 'packages/guard', '--pack-destination', folder], { cwd: ROOT });
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { strict: true, module: 'nodenext', target: 'es2023', types: ['node'] },
      files: ['server.ts'],
    }),
  );
  // Nest without its optional packages.
  const nest = ['@nestjs/common@12', '@nestjs/core@12', 'reflect-metadata', 'rxjs'];
  const packages = [`./${tarball}`, 'fastify@5', '@grpc/grpc-js@1', '@types/node@20', ...nest];
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], { cwd: folder });
}

function readmeExample(): string {
  const readme = readFileSync(join(ROOT, 'packages/guard/README.md'), 'utf8');
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  return example;
}
