import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import { PASSWORD } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { canInstallPackages } from '../support/package-registry.js';
import { waitUntil } from '../support/wait-until.js';
import { ClientBrowser, type Mode } from './client-browser.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLIENT = join(ROOT, 'packages/client');
const EMAIL = 'ada@example.org';
/** The network is not ours to test. */
const INSTALL_TIMEOUT_MS = 600_000;
const START_TIMEOUT_MS = 240_000;
const CORE_MAX_BYTES = 8 * 1_024;
const run = promisify(execFile);

/** From the README, by name. */
const EXAMPLES = new Map(
  [...readFileSync(join(CLIENT, 'README.md'), 'utf8').matchAll(/```tsx? example=(\S+)\n([\s\S]*?)```/g)].map(
    ([, name = '', code = '']) => [name, code],
  ),
);

const describeIfInstallable = (await canInstallPackages('the installation of the client'))
  ? describe
  : describe.skip;

let folder: string;

describeIfInstallable('the packed client', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-client-'));
    await install();
  }, INSTALL_TIMEOUT_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('installs without any other package of the repository', () => {
    expect(readdirSync(join(folder, 'node_modules/@latchkey'))).toEqual(['client']);
    expect(readdirSync(join(folder, 'node_modules/@latchkey/client')).sort()).toEqual([
      ...['LICENSE', 'README.md', 'dist', 'package.json'],
    ]);
  });

  it('has types for all examples of its README', async () => {
    expect([...EXAMPLES.keys()]).toEqual([
      ...['browser-cookie', 'browser-bearer', 'node', 'react', 'element', 'storage'],
    ]);
    await run(process.execPath, [join(ROOT, 'node_modules/typescript-7/bin/tsc'), '-p', folder]);
  });

  it('has a core of less than 8 kB compressed', async () => {
    const core = await bundle(
      "import { createClient } from '@latchkey/client'; globalThis.c = createClient;",
    );
    expect(gzipSync(core, { level: 9 }).length).toBeLessThan(CORE_MAX_BYTES);
  });

  describe('in Node', () => {
    let service: RunningApp;

    beforeAll(async () => {
      service = await startApp({ LATCHKEY_ISSUER: 'https://id.example.com' });
      await service.api.register(EMAIL, PASSWORD);
    }, START_TIMEOUT_MS);
    afterAll(() => service?.close());

    it('logs in once, as its README shows', async () => {
      writeFileSync(join(folder, 'node.mjs'), EXAMPLES.get('node') ?? '');
      const start = () =>
        run(process.execPath, ['node.mjs'], { cwd: folder, env: { LATCHKEY_URL: service.url } });
      expect((await start()).stdout).toBe('devices: 1\n');
      expect((await start()).stdout).toBe('devices: 1\n');
      const session = service.sql('SELECT count(*)::int AS count FROM sessions');
      expect(await session).toEqual([{ count: 1 }]);
    });
  });

  describeInChromium('in a browser', () => {
    let browser: ClientBrowser;
    let context: BrowserContext;

    beforeAll(async () => {
      browser = await ClientBrowser.start();
      await browser.service.api.register(EMAIL, PASSWORD);
    }, START_TIMEOUT_MS);
    afterAll(() => browser?.close());
    afterEach(() => context?.close());

    /** Runs the code in a page. @returns what it logs */
    async function load(page: Page, code: string): Promise<string[]> {
      const logged: string[] = [];
      page.on('console', (message) => logged.push(message.text()));
      await page.route('**/example/', (route) => route.fulfill({ contentType: 'text/html', body: PAGE }));
      await page.goto('/example/');
      await page.addScriptTag({ type: 'module', content: await bundle(code) });
      return logged;
    }

    async function runExample(mode: Mode): Promise<Page> {
      context = await browser.newContext(mode);
      const page = await context.newPage();
      const logged = await load(page, EXAMPLES.get(`browser-${mode}`) ?? '');
      const expected = mode === 'cookie' ? 'devices: 200' : 'devices: 1';
      await waitUntil(`the page logs ${expected}`, () => logged.includes(expected), { timeoutMs: 60_000 });
      return page;
    }

    it('keeps tokens in localStorage, as its README shows', async () => {
      await runExample('bearer');
    });

    it('uses cookies, lists the devices in a custom element and in React, as its README shows', async () => {
      const page = await runExample('cookie');
      await load(page, EXAMPLES.get('element') ?? '');
      await page.getByText('This device').waitFor();
      const render = `import { createRoot } from 'react-dom/client';
        createRoot(document.querySelector('main')).render(<Account />);`;
      await load(page, EXAMPLES.get('react') + render);
      await page.getByRole('heading', { name: EMAIL }).waitFor();
      await page.getByText('Updating live', { exact: true }).waitFor();
    });
  });
});

const PAGE = '<!doctype html><title>Example</title><main></main>';

async function bundle(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, loader: 'tsx', resolveDir: folder },
    bundle: true,
    minify: true,
    format: 'esm',
    jsx: 'automatic',
    target: 'es2022',
    write: false,
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outputFiles[0]?.text ?? '';
}

/** As a user does it: a tarball, and what the examples need. */
async function install(): Promise<void> {
  await run('npm', ['pack', '-w', 'packages/client', '--pack-destination', folder], { cwd: ROOT });
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const compilerOptions = {
    ...{ strict: true, module: 'nodenext', target: 'es2022', jsx: 'react-jsx', noEmit: true },
    types: ['node'],
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['*.ts', '*.tsx'] }),
  );
  for (const [name, code] of EXAMPLES)
    writeFileSync(join(folder, `${name}.${name === 'react' ? 'tsx' : 'ts'}`), code);
  writeFileSync(
    join(folder, 'keychain.ts'),
    'export declare function getItem(name: string): Promise<string | null>;\n' +
      'export declare function setItem(name: string, text: string): Promise<void>;\n',
  );
  const packages = [`./${tarball}`, 'react@19', 'react-dom@19', '@types/react@19', '@types/node@20'];
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], { cwd: folder });
}
