import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { Deployment } from './deployment.js';
import { Mailbox } from './mailbox.js';
import type { ServiceProcess } from './service-process.js';
import { Visitor } from './visitor.js';

/** A service, its mail server and Chromium, for the tests of one `describe` block. */
export interface PageSetUp {
  readonly deployment: Deployment;
  readonly service: ServiceProcess;
  readonly chromium: Browser;
  /** Receives the mail of the service if `hasMail` is set. */
  readonly mailbox: Mailbox;
  /** Opens the account page in its own browser, which is closed after the test. */
  visit(options?: BrowserContextOptions): Promise<Visitor>;
  /** Runs after the test, the last one first. */
  cleanUp(clean: () => unknown): void;
}

interface PageOptions {
  readonly hasMail?: boolean;
  /** Of each browser, unless `visit` is given others. */
  readonly browser?: BrowserContextOptions;
}

type Running = Pick<PageSetUp, 'deployment' | 'service' | 'chromium'> & { readonly mailbox: Mailbox | null };

/**
 * Starts them before the tests and stops them afterwards. The members exist only while a test runs. A test fails if a page
 * that it opened with `visit` had an error.
 *
 * @param env environment variables of the service
 */
export function setUpPage(
  env: Record<string, string> = {},
  { hasMail = false, browser = {} }: PageOptions = {},
): PageSetUp {
  let running: Running | undefined;
  const cleanups: (() => unknown)[] = [];
  const started = () => {
    if (!running) throw new Error('the service runs only during tests');
    return running;
  };
  beforeAll(async () => {
    running = await start(env, hasMail);
  });
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
  });
  afterAll(async () => {
    await running?.chromium.close();
    await running?.deployment.close();
    await running?.mailbox?.close();
  });
  return {
    get deployment() {
      return started().deployment;
    },
    get service() {
      return started().service;
    },
    get chromium() {
      return started().chromium;
    },
    get mailbox() {
      const { mailbox } = started();
      if (!mailbox) throw new Error('the service has no mail server');
      return mailbox;
    },
    visit: async (options) => {
      const { chromium, service } = started();
      const visitor = await Visitor.open(chromium, service.url, { ...browser, ...options });
      cleanups.push(async () => {
        await visitor.close();
        expect(visitor.pageErrors).toEqual([]);
      });
      return visitor;
    },
    cleanUp: (clean) => void cleanups.push(clean),
  };
}

async function start(env: Record<string, string>, hasMail: boolean): Promise<Running> {
  const mailbox = hasMail ? await Mailbox.open() : null;
  const deployment = await Deployment.create({
    LATCHKEY_ISSUER: 'http://localhost:3000',
    ...(mailbox && { SMTP_URL: mailbox.url }),
    ...env,
  });
  try {
    const [service, chromium] = await Promise.all([deployment.start(), launchChromium()]);
    return { deployment, service, chromium, mailbox };
  } catch (error) {
    await deployment.close();
    await mailbox?.close();
    throw error;
  }
}
