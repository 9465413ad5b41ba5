import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { newEmail, PASSWORD } from './api.js';
import { compareWithDocument } from './documented-page.js';
import type { ReceivedMail } from './mailbox.js';

const TIMEOUT_MS = 40_000;

/**
 * For visitors that emulate another browser's user agent: after a reload Chromium sometimes sends a request with its
 * own user agent, which looks like a stolen session.
 */
export const EMULATED_CLIENTS = { SUSPICION_ACTIONS: 'client_changed:off' };

/** A person with their own browser, on the account page. */
export class Visitor {
  /** Uncaught errors of the page, and scripts and styles that its security policy blocked. */
  readonly pageErrors: string[] = [];
  /** Each request as `METHOD /path`. */
  readonly requests: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly url: string,
    private readonly undocumented: () => Promise<string[]>,
  ) {
    page.on('console', (message) => {
      if (/Content Security Policy|TrustedHTML|Refused to/i.test(message.text()))
        this.pageErrors.push(message.text());
    });
    page.on('pageerror', (error) => this.pageErrors.push(String(error)));
    page.on('request', (request) =>
      this.requests.push(`${request.method()} ${request.url().replace(url, '')}`),
    );
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    // The headless shell sends no Accept-Language by itself.
    const context = await browser.newContext({ baseURL: url, locale: 'en-US', ...options });
    context.setDefaultTimeout(TIMEOUT_MS);
    const undocumented = compareWithDocument(context, url);
    const visitor = new Visitor(context, await context.newPage(), url, undocumented);
    await visitor.page.goto('/account');
    return visitor;
  }

  /** Opens another tab in the same browser. */
  async newTab(): Promise<Visitor> {
    const tab = new Visitor(this.context, await this.context.newPage(), this.url, this.undocumented);
    await tab.page.goto('/account');
    return tab;
  }

  /** Opens the link in a mail, in this tab. The mail has the public URL of the service; only its path is used. */
  async openLinkIn({ text }: ReceivedMail): Promise<void> {
    const { pathname, hash } = new URL(/http\S+#token=\S+/.exec(text)?.[0] ?? '');
    await this.page.goto(pathname + hash);
  }

  /** @returns the address of the new account */
  async register(): Promise<string> {
    const email = newEmail();
    await this.button('Create an account').click();
    await this.submitCredentials(email, 'Create an account');
    await this.heading('Your devices').waitFor();
    await this.device('This device').waitFor();
    return email;
  }

  async signIn(email: string, password = PASSWORD): Promise<void> {
    await this.submitCredentials(email, 'Sign in', password);
    await this.heading('Your devices').waitFor();
    await this.device('This device').waitFor();
  }

  async submitCredentials(email: string, action: string, password = PASSWORD): Promise<void> {
    await this.page.getByLabel('Email address').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.page.locator('form').getByRole('button', { name: action }).click();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  link(name: string): Locator {
    return this.page.getByRole('link', { name });
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { name, exact: true });
  }

  /** The devices in the list that contain the text. */
  device(text: string | RegExp): Locator {
    return this.devices.filter({ hasText: text });
  }

  get devices(): Locator {
    return this.page.locator('[data-device]');
  }

  /** Opens the details of a device. */
  async openDetails(text: string | RegExp): Promise<Locator> {
    const device = this.device(text);
    await device.getByRole('button', { name: /^Details/ }).click();
    return device;
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** Waits until the page shows the sign-in form with the notice. @returns when, on the monotonic clock of the test */
  async waitForSignOut(notice: string | RegExp): Promise<number> {
    await this.heading('Sign in').waitFor();
    const at = performance.now();
    await this.page.getByRole('alert').filter({ hasText: notice }).waitFor();
    return at;
  }

  /** @throws if the page has sent or received what `openapi.json` does not describe */
  async close(): Promise<void> {
    // First, because an answer may be stuck on its way.
    await this.context.close();
    const undocumented = await this.undocumented();
    if (undocumented.length > 0) throw new Error(undocumented.join('\n'));
  }
}
