import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, BrowserContext, CDPSession, Page, Route } from 'playwright-core';
import type { ClientOptions, LatchkeyClient } from '../../packages/client/src/create-client.js';
import { launchChromium } from '../support/chromium.js';
import { Deployment } from '../support/deployment.js';
import { compareWithDocument } from '../support/documented-page.js';
import { freePort } from '../support/free-port.js';
import type { ServiceProcess } from '../support/service-process.js';
import { waitUntil } from '../support/wait-until.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** A name of a local network without TLS, where browsers have no Web Locks. */
const HOST = 'id.lan.test';
const TIMEOUT_MS = 40_000;

/** What the page of a test has in its global scope. */
export interface PageGlobals {
  client: LatchkeyClient;
  /** What the client has reported: names of events, with the reason of an end. */
  reported: string[];
  start(options: Omit<ClientOptions, 'storage'> & { storage?: 'web' }): void;
  renderReact(): void;
}

/** The service, and browsers with a page of its origin that uses the client. */
export class ClientBrowser {
  private readonly undocumented: (() => Promise<string[]>)[] = [];

  private constructor(
    readonly service: ServiceProcess,
    private readonly deployment: Deployment,
    private readonly chromium: Browser,
    private readonly url: string,
    private readonly script: string,
  ) {}

  static async start(): Promise<ClientBrowser> {
    const port = await freePort();
    const url = `http://${HOST}:${port}`;
    const deployment = await Deployment.create({
      PORT: String(port),
      LATCHKEY_ISSUER: `http://localhost:${port}`,
      CORS_ORIGINS: url,
    });
    const [service, chromium, script] = await Promise.all([
      deployment.start(),
      launchChromium([
        `--host-resolver-rules=MAP ${HOST} 127.0.0.1`,
        // The page comes from the test and not from a loopback address, so Chromium would not let it call one.
        '--disable-features=LocalNetworkAccessChecks',
      ]),
      bundle(),
    ]);
    return new ClientBrowser(service, deployment, chromium, url, script);
  }

  /** @throws if a page has sent or received what `openapi.json` does not describe */
  async close(): Promise<void> {
    await this.chromium.close();
    await this.deployment.close();
    const found = await Promise.all(this.undocumented.map((compare) => compare()));
    if (found.flat().length > 0) throw new Error(found.flat().join('\n'));
  }

  /**
   * A new browser without cookies. Its page is on `localhost` in cookie mode, which the service offers only where cookies are
   * safe, and on a plain HTTP name of a network in bearer mode.
   */
  async newContext(mode: Mode): Promise<BrowserContext> {
    const baseURL = mode === 'cookie' ? this.url.replace(HOST, 'localhost') : this.url;
    const context = await this.chromium.newContext({ baseURL });
    context.setDefaultTimeout(TIMEOUT_MS);
    this.undocumented.push(compareWithDocument(context, baseURL));
    await context.route('**/test-page/*', (route) => this.servePage(route));
    return context;
  }

  private servePage(route: Route): Promise<void> {
    if (route.request().url().endsWith('.js'))
      return route.fulfill({ contentType: 'text/javascript', body: this.script });
    const body =
      '<!doctype html><title>Test</title><main></main><script type="module" src="script.js"></script>';
    return route.fulfill({ contentType: 'text/html', body });
  }
}

export type Mode = 'cookie' | 'bearer';

/** A tab whose page has created a client. */
export class Tab {
  /** Each request as `METHOD /path`. */
  readonly requests: string[] = [];
  private debugger: CDPSession | null = null;

  private constructor(
    readonly page: Page,
    readonly mode: Mode,
  ) {
    page.on('request', (request) =>
      this.requests.push(`${request.method()} ${new URL(request.url()).pathname}`),
    );
  }

  static async open(context: BrowserContext, mode: Mode): Promise<Tab> {
    const tab = new Tab(await context.newPage(), mode);
    await tab.load();
    return tab;
  }

  /** Opens the page, also again. */
  async load(): Promise<void> {
    await this.page.goto('/test-page/index.html');
    const options = { baseUrl: '/', mode: this.mode, ...(this.mode === 'bearer' && { storage: 'web' }) };
    await this.run((options) => start(options as never), options);
  }

  run<A, R>(script: (argument: A) => R | Promise<R>, argument?: A): Promise<R> {
    return this.page.evaluate(script as never, argument as never) as Promise<R>;
  }

  logIn(email: string, password: string): Promise<unknown> {
    return this.run((login) => client.login(login), { email, password });
  }

  /** @returns the status, or the name of the error */
  me(): Promise<number | string> {
    return this.run(async () => {
      try {
        return (await client.fetch('/auth/me')).status;
      } catch (error) {
        return (error as Error).name;
      }
    });
  }

  async reports(text: string): Promise<void> {
    await waitUntil(`the tab reports ${text}`, async () => (await this.reported()).includes(text), {
      timeoutMs: TIMEOUT_MS,
    });
  }

  reported(): Promise<string[]> {
    return this.run(() => reported);
  }

  async isLive(): Promise<void> {
    await this.page.waitForFunction(() => client.live === 'live');
  }

  count(request: string): number {
    return this.requests.filter((sent) => sent === request).length;
  }

  /**
   * Suspends the scripts of the tab until `resume`, as a browser does with tabs in the background. Chromium's own command
   * for that, `Page.setWebLifecycleState`, has no effect on visible tabs, and Playwright keeps all tabs visible.
   */
  async suspend(): Promise<void> {
    this.debugger = await this.page.context().newCDPSession(this.page);
    await this.debugger.send('Debugger.enable');
    const paused = new Promise((resolve) => this.debugger?.once('Debugger.paused', resolve));
    await this.debugger.send('Debugger.pause');
    // It takes effect with the next statement.
    this.debugger.send('Runtime.evaluate', { expression: '0' }).catch(() => {});
    await paused;
  }

  async resume(): Promise<void> {
    await this.debugger?.send('Debugger.disable');
  }
}

declare const client: PageGlobals['client'];
declare const reported: PageGlobals['reported'];
declare const start: PageGlobals['start'];

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/client/page-script.ts'],
    bundle: true,
    format: 'esm',
    write: false,
    conditions: ['latchkey-source'],
    define: { 'process.env.NODE_ENV': '"development"' },
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}
