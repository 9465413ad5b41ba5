import type { components } from '@latchkey/client/openapi';
import type { Answer } from './answer.js';
import { newEmail, PASSWORD } from './api.js';
import { sendRequest } from './send-request.js';

export interface StoredCookie {
  readonly value: string;
  /** As set, in lower case, without the name and value. */
  readonly attributes: readonly string[];
}

/** The `Origin` and `Sec-Fetch-Site` headers that a browser adds to a page's request; `undefined` omits one. */
export interface RequestSource {
  readonly origin?: string | undefined;
  readonly fetchSite?: string | undefined;
}

/** The HTTP side of a browser on a page of the service: stores cookies, sends them, and states the page's origin. */
export class HttpBrowser {
  readonly cookies = new Map<string, StoredCookie>();

  /**
   * @param url where the service listens
   * @param origin the origin of the service as the browser sees it
   */
  constructor(
    private readonly url: string,
    readonly origin: string,
  ) {}

  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    {
      source = this.sameOrigin,
      headers = {},
    }: { source?: RequestSource; headers?: Record<string, string> } = {},
  ): Promise<Answer<T>> {
    const answer = await sendRequest<T>(this.url, method, path, {
      body,
      headers: {
        ...(this.cookies.size > 0 && { cookie: this.cookieHeader }),
        ...(source.origin !== undefined && method !== 'GET' && { origin: source.origin }),
        ...(source.fetchSite !== undefined && { 'sec-fetch-site': source.fetchSite }),
        ...headers,
      },
    });
    for (const line of answer.headers.getSetCookie()) this.store(line);
    return answer;
  }

  get sameOrigin(): RequestSource {
    return { origin: this.origin, fetchSite: 'same-origin' };
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
  }

  login(email: string, extra: Record<string, unknown> = {}, source?: RequestSource) {
    return this.call<components['schemas']['CookieSessionDto']>(
      'POST',
      '/auth/login',
      { email, password: PASSWORD, token_delivery: 'cookie', ...extra },
      source ? { source } : {},
    );
  }

  /** Registers a new user and logs in. */
  async registerAndLogin() {
    const email = newEmail();
    const registered = await this.call('POST', '/auth/register', { email, password: PASSWORD });
    if (registered.status !== 201) throw new Error(`registration: ${registered.text}`);
    const { status, text, body } = await this.login(email);
    if (status !== 200) throw new Error(`login: ${status} ${text}`);
    return { email, ...body };
  }

  refresh(source?: RequestSource) {
    return this.call('POST', '/auth/refresh', undefined, source ? { source } : {});
  }

  me(source?: RequestSource) {
    return this.call('GET', '/auth/me', undefined, source ? { source } : {});
  }

  /** A cookie by the end of its name: `access`, `refresh` or `device`. */
  cookie(kind: string): StoredCookie | undefined {
    return [...this.cookies].find(([name]) => name.endsWith(`latchkey_${kind}`))?.[1];
  }

  /** Another browser with the same cookies. */
  copy(): HttpBrowser {
    const copy = new HttpBrowser(this.url, this.origin);
    for (const [name, cookie] of this.cookies) copy.cookies.set(name, cookie);
    return copy;
  }

  private store(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const lower = attributes.map((attribute) => attribute.toLowerCase());
    if (lower.includes('max-age=0')) this.cookies.delete(name);
    else this.cookies.set(name, { value, attributes: lower });
  }
}
