import { jest } from '@jest/globals';
import type { TokenSubject } from '@latchkey/access-token/claims';
import type { Decision } from '@latchkey/revocation/guard-connection/questions';
import type { StreamEnd } from '../guard.js';
import { TokenPrincipal } from '../token-principal.js';
import { GuardedStreams } from './guarded-streams.js';

const EXPIRES_AT = 1_000;
const SUBJECT: TokenSubject = {
  ...{ userId: 'u', sessionId: 's', sessionEpoch: 0, rolesVersion: 0, generation: 0 },
  ...{ roles: [], authenticatedAt: 0, deviceId: null, clientId: null, amr: [], acr: null },
};

function streams(withoutLease: 'close' | 'keep' = 'close') {
  const state = { now: 0, hasLease: true, decision: { state: 'active' } as Decision, asked: 0 };
  const ends: StreamEnd[] = [];
  const sut = new GuardedStreams({
    link: {
      judge: () => ({ state: state.hasLease ? 'active' : 'ask' }),
      ask: async () => {
        state.asked += 1;
        return state.decision;
      },
      mayTrust: () => state.hasLease,
    },
    withoutLease,
    now: () => state.now,
    onError: (error) => {
      throw error;
    },
  });
  sut.start();
  const open = () => sut.open(new TokenPrincipal(SUBJECT, EXPIRES_AT, null), (end) => ends.push(end));
  open();
  return { sut, state, ends, open };
}

describe('a stream that outlives its token', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const recheck = () => jest.advanceTimersByTimeAsync(30_000);

  it('is not asked about before', async () => {
    const { state, ends } = streams();
    await recheck();
    expect([state.asked, ends]).toEqual([0, []]);
  });

  it('stays open while its session is active, with one question for all streams of the session', async () => {
    const { state, ends, open } = streams();
    open();
    state.now = EXPIRES_AT;
    await recheck();
    await recheck();
    expect([state.asked, ends]).toEqual([2, []]);
  });

  it.each<[Decision, StreamEnd]>([
    [{ state: 'ended', reason: 'expired' }, { code: 'session_expired' }],
    [
      { state: 'ended', reason: 'logout' },
      { code: 'session_revoked', reason: 'logout' },
    ],
    [{ state: 'stale' }, { code: 'token_stale' }],
    [{ state: 'needs_login' }, { code: 'insufficient_user_authentication' }],
  ])('is closed when the service answers %j', async (decision, end) => {
    const { state, ends } = streams();
    Object.assign(state, { now: EXPIRES_AT, decision });
    await recheck();
    expect(ends).toEqual([end]);
  });

  it('stays open when the service cannot answer, since its end would have been announced', async () => {
    const { state, ends } = streams();
    Object.assign(state, { now: EXPIRES_AT, decision: { state: 'unavailable' } });
    await recheck();
    expect(ends).toEqual([]);
  });

  it('is closed without a lease, also if streams are kept', async () => {
    const { sut, state, ends } = streams('keep');
    state.hasLease = false;
    state.decision = { state: 'unavailable' };
    sut.leaseLost();
    await recheck();
    expect(ends).toEqual([]);
    state.now = EXPIRES_AT;
    await recheck();
    expect(ends).toEqual([{ code: 'token_expired' }]);
  });

  it('is not asked about after the guard was closed', async () => {
    const { sut, state, ends } = streams();
    state.now = EXPIRES_AT;
    sut.stop();
    await recheck();
    expect([state.asked, ends]).toEqual([0, [{ code: 'closing' }]]);
  });
});
