import type { Browser, Page } from 'playwright-core';
import { newEmail, PASSWORD } from '../api.js';
import { SITE } from './front-proxy.js';

/** A page of the service in its own browser context. */
export class SitePage {
  private constructor(readonly page: Page) {}

  static async open(chromium: Browser): Promise<SitePage> {
    const context = await chromium.newContext({ baseURL: `https://${SITE}`, ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto('/account');
    // By then, the page itself has asked whether somebody is signed in. Later it would find the session of the test.
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    return new SitePage(page);
  }

  /** Sends a request of the page, as its scripts do. */
  call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    return this.page.evaluate(
      async ({ method, path, body, headers }) => {
        const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
        const answer = await fetch(path, {
          method,
          headers: { ...type, ...headers },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const text = await answer.text();
        // The proxy's own errors are pages.
        const isJson = answer.headers.get('content-type')?.includes('json');
        return { status: answer.status, body: isJson && text ? JSON.parse(text) : null };
      },
      { method, path, body, headers },
    );
  }

  async signIn(headers: Record<string, string> = {}): Promise<string> {
    const email = newEmail();
    await this.call('POST', '/auth/register', { email, password: PASSWORD });
    const credentials = { email, password: PASSWORD, token_delivery: 'cookie' };
    const { status, body } = await this.call('POST', '/auth/login', credentials, headers);
    if (status !== 200) throw new Error(`login: ${status} ${JSON.stringify(body)}`);
    return email;
  }

  /** Opens the event stream. @returns what it has received so far */
  async listen(): Promise<() => Promise<string[]>> {
    await this.page.evaluate(() => {
      const received: string[] = [];
      Object.assign(globalThis, { received });
      const source = new EventSource('/account/events');
      const note = (event: Event) => received.push(`${event.type} ${(event as MessageEvent).data}`);
      for (const type of ['changed', 'ended', 'heartbeat']) source.addEventListener(type, note);
    });
    return () => this.page.evaluate(() => (globalThis as unknown as { received: string[] }).received);
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
