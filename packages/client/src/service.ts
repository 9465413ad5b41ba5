import type { ClientOptions } from './client-options.js';
import { Problem, SessionEnded, Unreachable } from './errors.js';
import { problemIn, retryAfterSeconds } from './problem.js';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** Generous, because password hashing is slow by design and networks can be slow, too. */
const TIMEOUT_MS = 20_000;

/** Sends single requests to the service and to resource servers. Knows nothing of sessions. */
export class Service {
  readonly credentials: RequestCredentials;
  readonly #baseUrl: string;
  readonly #allowed: readonly string[];
  readonly #send: typeof fetch;
  /** How far the clock of the service is ahead of the local one. */
  #aheadMs = 0;

  constructor({ baseUrl, mode, resources = [], fetch: send }: ClientOptions) {
    this.#baseUrl = absolute(baseUrl);
    this.#allowed = [this.#baseUrl, ...resources.map(absolute)];
    this.credentials = mode === 'cookie' ? 'include' : 'omit';
    this.#send = send ?? ((...args) => globalThis.fetch(...args));
  }

  /** @throws {TypeError} for a URL that the session must not be sent to */
  request(input: string | URL | Request, init: RequestInit = {}): Request {
    const url = new URL(input instanceof Request ? input.url : relativeTo(this.#baseUrl, String(input)));
    if (!this.#allowed.some((base) => url.href.startsWith(base)))
      throw new TypeError(`${url.origin} is neither the service nor one of the client's resources`);
    return new Request(input instanceof Request ? input : url, { credentials: this.credentials, ...init });
  }

  isOwn({ url }: Request): boolean {
    return url.startsWith(this.#baseUrl);
  }

  /** Epoch milliseconds by the clock of the service, to about a second; by the local one until it has answered. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  async fetch(request: Request): Promise<Response> {
    const response = await this.#send(request);
    const time = Date.parse((this.isOwn(request) && response.headers.get('date')) || '');
    if (!Number.isNaN(time)) this.#aheadMs = time - Date.now();
    return response;
  }

  /** For answers that are read as a whole. What waits for the user waits before this, so that it cannot time out. */
  fetchWithTimeout(request: Request): Promise<Response> {
    return this.fetch(new Request(request, { signal: AbortSignal.timeout(TIMEOUT_MS) }));
  }

  /** @throws {Problem | Unreachable} */
  async post<T>(path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.answer<T>(jsonInit('POST', body, headers), path, (request) => this.fetchWithTimeout(request));
  }

  /**
   * Sends a request and reads the answer as JSON.
   *
   * @throws {Problem | Unreachable} and what `send` throws, except a failure of the network
   */
  async answer<T>(
    init: RequestInit,
    path: string,
    send: (request: Request) => Promise<Response>,
  ): Promise<Answer<T>> {
    const request = this.request(path, { cache: 'no-store', redirect: 'error', ...init });
    const response = await orUnreachable(() => send(request));
    const text = await orUnreachable(() => response.text());
    if (response.ok) return { status: response.status, body: (text ? JSON.parse(text) : {}) as T };
    const problem = problemIn(response, text);
    if (problem && problem.status < 500) throw problem;
    throw new Unreachable(retryAfterSeconds(response), { cause: problem });
  }
}

export function jsonInit(method: string, body?: object, headers: Record<string, string> = {}): RequestInit {
  return {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  };
}

/** `fetch` reports failures of the network and timeouts with different classes, depending on the platform. */
async function orUnreachable<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const isOwn = [Problem, SessionEnded, Unreachable].some((type) => error instanceof type);
    throw isOwn ? error : new Unreachable(null, { cause: error });
  }
}

/** With a slash at its end, so that `https://id.example.com` does not allow `https://id.example.com.evil.example`. */
function absolute(url: string): string {
  const { href } = new URL(url, globalThis.location?.href);
  return href.endsWith('/') ? href : `${href}/`;
}

/** `/devices` is below the base URL, also if that has a path. */
function relativeTo(base: string, url: string): string {
  return /^[a-z][a-z\d+.-]*:|^\/\//i.test(url) ? new URL(url, base).href : base + url.replace(/^\//, '');
}
