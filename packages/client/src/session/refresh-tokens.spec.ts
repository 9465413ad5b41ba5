import { SessionEnded } from '../errors.js';
import { Emitter } from '../events.js';
import { Service } from '../service.js';
import { memoryStorage } from '../storage/memory-storage.js';
import { noBus } from '../tabs/tab-bus.js';
import { refreshTokens } from './refresh-tokens.js';
import { SessionState } from './session-state.js';
import { TokenStore } from './token-store.js';

const tokens = (refresh_token: string) => ({
  ...{ session_id: 's', device_id: 'd', expires_in: 900, received_at: 0 },
  ...{ access_token: `access of ${refresh_token}`, refresh_token },
});
const granted = (refresh_token: string) => new Response(JSON.stringify(tokens(refresh_token)));
const refused = (status: number, members: object) => new Response(JSON.stringify(members), { status });

describe('refreshTokens', () => {
  const storage = memoryStorage();
  const shared = { ...storage, isShared: true };
  const save = (refresh_token: string) => {
    void storage.save(JSON.stringify({ tokens: tokens(refresh_token) }));
  };
  let ends: (string | null)[];
  let sent: string[];

  /** @param answers one for each request, in turn */
  async function refresh(...answers: (() => Response | Promise<Response>)[]): Promise<void> {
    const send = async (request: RequestInfo | URL) => {
      sent.push((await (request as Request).json()).refresh_token);
      return answers.shift()?.() as Response;
    };
    const events = new Emitter();
    events.on('session_ended', ({ reason }) => ends.push(reason));
    const service = new Service({ baseUrl: 'https://id.example.com', mode: 'bearer', fetch: send });
    const store = new TokenStore(shared, () => {});
    const state = new SessionState(store, noBus(), events, () => {});
    state.begin('s');
    await refreshTokens(service, store, state, false);
  }
  const stored = async () => JSON.parse((await storage.load()) ?? '').tokens?.refresh_token;
  const lost = () => {
    throw new TypeError('Failed to fetch');
  };

  beforeEach(() => {
    ends = [];
    sent = [];
    save('old');
  });

  it('saves the new tokens', async () => {
    await refresh(() => granted('new'));
    expect(await stored()).toBe('new');
  });

  it('asks again with the same token if the answer was lost', async () => {
    await refresh(lost, () => granted('new'));
    expect(sent).toEqual(['old', 'old']);
    expect(await stored()).toBe('new');
  });

  it('does not present a token again that another tab has exchanged', async () => {
    await refresh(() => {
      save('of another tab');
      return lost();
    });
    expect(sent).toEqual(['old']);
    expect(await stored()).toBe('of another tab');
  });

  it('does not replace newer tokens with an answer that arrives late', async () => {
    await refresh(() => {
      save('newer');
      return granted('late');
    });
    expect(await stored()).toBe('newer');
  });

  it('keeps the session if the token was refused because another tab has exchanged it', async () => {
    await refresh(() => {
      save('newer');
      return refused(401, { code: 'invalid_grant' });
    });
    expect([ends, await stored()]).toEqual([[], 'newer']);
  });

  it.each([
    ['503', () => refused(503, { code: 'service_unavailable' })],
    ['a page of a proxy', () => new Response('<html>', { status: 502 })],
    ['429', () => refused(429, { code: 'too_many_requests' })],
    ['no answer', lost],
  ])('keeps the session after %s', async (_, answer) => {
    await expect(refresh(answer, answer)).rejects.toMatchObject({
      name: expect.stringMatching(/Unreachable|Problem/),
    });
    expect([ends, await stored()]).toEqual([[], 'old']);
  });

  it('ends the session with the reason of the service', async () => {
    const answer = () => refused(401, { code: 'invalid_grant', reason: 'password_changed' });
    await expect(refresh(answer)).rejects.toMatchObject({ name: 'SessionEnded', reason: 'password_changed' });
    expect([ends, await stored()]).toEqual([['password_changed'], undefined]);
  });

  it('waits for another source of the reason if the cookies are gone', async () => {
    const store = new TokenStore(memoryStorage(), () => {});
    const events = new Emitter();
    events.on('session_ended', ({ reason }) => ends.push(reason));
    const state = new SessionState(store, noBus(), events, () => {});
    state.begin('s');
    const send = async () => {
      setImmediate(() => state.receiveEnd(new SessionEnded('session_revoked', 'terminated'), 's'));
      return refused(401, { code: 'invalid_grant' });
    };
    const service = new Service({ baseUrl: 'https://id.example.com', mode: 'cookie', fetch: send });
    await expect(refreshTokens(service, store, state, true)).rejects.toMatchObject({ reason: 'terminated' });
    expect(ends).toEqual(['terminated']);
  });
});
