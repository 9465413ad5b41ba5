import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { newEmail, PASSWORD } from './api.js';
import type { ReceivedMail } from './mailbox.js';

const TIMEOUT_MS = 40_000;

/**
 * For visitors with the user agent of another browser: after a reload Chromium now and then sends a request with its own,
 * as a thief of the session would.
 */
export const EMULATED_CLIENTS = { SUSPICION_ACTIONS: 'client_changed:off' };

/** Somebody in front of a browser of their own, on the page of their devices. */
export class Visitor {
  /** What the browser complained of: scripts and styles that it did not run, and errors of the page. */
  readonly pageErrors: string[] = [];
  /** Each request as `METHOD /path`. */
  readonly requests: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly url: string,
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
    const context = await browser.newContext({ baseURL: url, ...options });
    context.setDefaultTimeout(TIMEOUT_MS);
    const visitor = new Visitor(context, await context.newPage(), url);
    await visitor.page.goto('/account');
    return visitor;
  }

  /** Another tab of the same browser. */
  async newTab(): Promise<Visitor> {
    const tab = new Visitor(this.context, await this.context.newPage(), this.url);
    await tab.page.goto('/account');
    return tab;
  }

  /** Follows the link in a mail, in this tab. Mails name the public address of the service, which leads to this one. */
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
    await this.card('This device').waitFor();
    return email;
  }

  async signIn(email: string, password = PASSWORD): Promise<void> {
    await this.submitCredentials(email, 'Sign in', password);
    await this.heading('Your devices').waitFor();
    await this.card('This device').waitFor();
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

  /** The cards that say so. */
  card(text: string | RegExp): Locator {
    return this.page.locator('.cards > li').filter({ hasText: text });
  }

  get cards(): Locator {
    return this.page.locator('.cards > li');
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** Waits until this browser has been thrown out, and was told so. @returns when, on the clock of the test */
  async waitForSignOut(notice: string | RegExp): Promise<number> {
    await this.heading('Sign in').waitFor();
    const at = performance.now();
    await this.page.getByRole('alert').filter({ hasText: notice }).waitFor();
    return at;
  }

  close(): Promise<void> {
    return this.context.close();
  }
}
