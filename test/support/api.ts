import { setTimeout as sleep } from 'node:timers/promises';
import type { components } from '@latchkey/client/openapi';
import type { Answer } from './answer.js';
import { type SentRequest, sendRequest } from './send-request.js';

type Schemas = components['schemas'];
export type Tokens = Schemas['LoginAnswerDto'];
export type SessionAnswer = Schemas['SessionDto'];
export type DeviceAnswer = Schemas['DeviceDto'];

export const PASSWORD = 'correct horse battery';

/** Many clients write `null` for an absent member. */
export type LoginExtra = Partial<Omit<Schemas['LoginDto'], 'email'>>;

const TRIES = 5;
const RETRY_MS = 500;

/** The requests of bearer clients, each sent once. */
export class Api {
  constructor(
    private readonly url: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    { token, body, headers }: SentRequest & { token?: string } = {},
  ): Promise<Answer<T>> {
    const authorization: Record<string, string> =
      token === undefined ? {} : { authorization: `Bearer ${token}` };
    return sendRequest<T>(this.url, method, path, {
      body,
      headers: { ...authorization, ...this.headers, ...headers },
    });
  }

  register(email: string, password = PASSWORD) {
    return this.call('POST', '/auth/register', { body: { email, password } });
  }

  login(email: string, extra: LoginExtra = {}) {
    return this.call<Tokens>('POST', '/auth/login', { body: { email, password: PASSWORD, ...extra } });
  }

  refresh(refresh_token: string) {
    return this.call<Tokens>('POST', '/auth/refresh', { body: { refresh_token } });
  }

  me(token: string) {
    return this.call('GET', '/auth/me', { token });
  }

  logout(token: string) {
    return this.call('POST', '/auth/logout', { token });
  }

  devices(token: string) {
    return this.call<Schemas['DeviceListDto']>('GET', '/devices', { token });
  }

  sessions(token: string) {
    return this.call<Schemas['SessionListDto']>('GET', '/sessions', { token });
  }

  /** Revokes what the path names: `/devices`, `/devices/:id` or `/sessions/:id`. */
  end(token: string, path: string) {
    return this.call('DELETE', path, { token });
  }

  /** @throws unless it is confirmed */
  async terminate(token: string, path: string): Promise<void> {
    const { status, text } = await whileUnavailable(() => this.end(token, path));
    if (status !== 204) throw new Error(`DELETE ${path} failed with ${status}: ${text}`);
  }

  /** Opens a session of a registered user and returns its tokens. @throws if the login is refused */
  async session(email: string, extra: LoginExtra = {}): Promise<Tokens> {
    const { status, text, body } = await whileUnavailable(() => this.login(email, extra));
    if (status !== 200) throw new Error(`login of ${email} failed with ${status}: ${text}`);
    return body;
  }

  /** Registers a new user and returns the tokens of their first session. */
  async newcomer(): Promise<Tokens & { email: string }> {
    const email = newEmail();
    const { status, text } = await whileUnavailable(() => this.register(email));
    if (status !== 201) throw new Error(`registration of ${email} failed with ${status}: ${text}`);
    return { email, ...(await this.session(email)) };
  }
}

/**
 * Repeats a step that only prepares a test and was answered 503: on a busy machine, Postgres may accept a connection too
 * late. What a test asserts is asked once, by `login` or `call`.
 */
async function whileUnavailable<T extends { status: number }>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    if (answer.status !== 503 || tries === TRIES) return answer;
    await sleep(RETRY_MS);
  }
}

let made = 0;

/** An address that no other test of this process uses. */
export function newEmail(): string {
  made += 1;
  return `person-${made}@example.org`;
}
