import { jest } from '@jest/globals';
import { SessionEnded } from './errors.js';
import { Emitter } from './events.js';
import { jsonRequest, type RequestOptions } from './json-request.js';
import { Service } from './service.js';
import { CookieTokens } from './session/cookie-tokens.js';
import { SessionState } from './session/session-state.js';
import { noBus } from './tabs/tab-bus.js';

const refusal = (members: object) => new Response(JSON.stringify(members), { status: 401 });

describe('jsonRequest', () => {
  let ends: (string | null)[];
  let sent: Request[];

  beforeEach(() => {
    ends = [];
    sent = [];
    jest.useFakeTimers();
  });
  afterEach(() => jest.useRealTimers());

  async function send(answer: (count: number) => Response, options: RequestOptions = {}) {
    const service = new Service({
      ...{ baseUrl: 'https://id.example.com', mode: 'cookie' },
      fetch: async (request) => {
        sent.push(request as Request);
        return answer(sent.length);
      },
    });
    const events = new Emitter();
    events.on('session_ended', ({ reason }) => ends.push(reason));
    const store = new CookieTokens();
    const state = new SessionState(store, noBus(), events, () => {});
    state.begin('s');
    const refresh = jest.fn(() => Promise.resolve());
    const access = { service, store, state, usesCookies: true, refresh };
    const answered = jsonRequest(access, 'POST', '/devices', options).then(
      ({ status, body }) => [status, body],
      (error) => error,
    );
    await jest.advanceTimersByTimeAsync(5_000);
    return { result: await answered, refresh };
  }

  it('sends JSON, and reads it', async () => {
    const { result } = await send(() => new Response('{"a":1}', { status: 202 }), { body: { b: 2 } });
    expect(result).toEqual([202, { a: 1 }]);
    expect(await sent[0]?.json()).toEqual({ b: 2 });
  });

  it('marks a passive request', async () => {
    await send(() => new Response('{}'), { passive: true });
    expect(sent[0]?.headers.get('latchkey-passive')).toBe('1');
  });

  it('refreshes an expired token, and sends the body again', async () => {
    const answer = (count: number) => (count === 1 ? refusal({ code: 'invalid_token' }) : new Response('{}'));
    const { result, refresh } = await send(answer, { body: { b: 2 } });
    expect(result).toEqual([200, {}]);
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(await sent[1]?.json()).toEqual({ b: 2 });
  });

  it('waits for the cookies of a session that replaces this one', async () => {
    const replaced = () => refusal({ code: 'session_revoked', reason: 'replaced' });
    const { result } = await send((count) => (count < 3 ? replaced() : new Response('{}')));
    expect(result).toEqual([200, {}]);
    expect(ends).toEqual([]);
  });

  it('ends the session if it was replaced by one that this browser does not have', async () => {
    const { result } = await send(() => refusal({ code: 'session_revoked', reason: 'replaced' }));
    expect(result).toBeInstanceOf(SessionEnded);
    expect(ends).toEqual(['replaced']);
  });

  it.each(['invalid_token', 'session_revoked'])(
    'neither refreshes nor ends the session for an anonymous request that is refused with %s',
    async (code) => {
      const { result, refresh } = await send(() => refusal({ code }), { anonymous: true });
      expect(result).toMatchObject({ name: 'Problem', code });
      expect([sent.length, ends, refresh.mock.calls]).toEqual([1, [], []]);
    },
  );
});
