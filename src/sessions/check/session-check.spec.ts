import { LyingCache } from '@latchkey/revocation/testing/lying-cache';
import { MemoryServer } from '@latchkey/revocation/testing/memory-bus';
import { MemoryStore } from '@latchkey/revocation/testing/memory-store';
import { simulatedInstance } from '@latchkey/revocation/testing/simulated-cluster';
import type { DataSource } from 'typeorm';
import { activeSnapshot } from '../../../test/support/active-snapshot.js';
import { testConfig } from '../../../test/support/test-config.js';
import { waitUntil } from '../../../test/support/wait-until.js';
import { AppError } from '../../errors/app-error.js';
import { GeoIp } from '../../geoip/geoip.js';
import { SESSION_MODEL } from '../store/session-model.js';
import type { SessionSnapshot } from '../store/session-snapshot.js';
import { SuspicionDetector } from '../suspicion/suspicion-detector.js';
import { LastSeen } from './last-seen.js';
import { SessionCheck } from './session-check.js';
import { UsedGenerations } from './used-generations.js';

/** A shared cache that answers with the snapshot of the test. */
class ScriptedCache extends LyingCache<SessionSnapshot> {
  constructor(private readonly snapshot: SessionSnapshot) {
    super(activeSnapshot);
  }
  override async read(): Promise<Map<string, SessionSnapshot>> {
    return new Map([[this.snapshot.sessionId, this.snapshot]]);
  }
}

/** A store that answers with a session of the test. */
class ScriptedStore extends MemoryStore<SessionSnapshot> {
  /** Called before every read, which fails if it throws. */
  beforeRead = () => {};

  constructor(private readonly change: Partial<SessionSnapshot> = {}) {
    super(activeSnapshot);
  }
  override async load(ids: readonly string[]): Promise<Map<string, SessionSnapshot>> {
    this.beforeRead();
    const found = await super.load(ids);
    return new Map([...found].map(([id, it]) => [id, { ...it, createdAt: Date.now(), ...this.change }]));
  }
}

const HOUR = 3_600_000;
const CLIENT = { address: '192.0.2.1', userAgent: '', isUse: true };

describe('SessionCheck', () => {
  const subject = {
    userId: 'user',
    sessionId: 's',
    roles: [],
    rolesVersion: 0,
    authenticatedAt: 0,
    generation: 0,
  };
  const stops: (() => Promise<void>)[] = [];
  /** Ends the session of the instance that was started last. */
  let revoke: () => Promise<boolean>;
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  const start = async (store: MemoryStore<SessionSnapshot>, cached: Partial<SessionSnapshot>) => {
    const now = Date.now();
    const sharedCache = new ScriptedCache({
      ...activeSnapshot('s'),
      createdAt: now,
      lastSeenAt: now,
      readAt: now,
      ...cached,
    });
    const bus = new MemoryServer().bus();
    const { revocation, sessions, clock } = simulatedInstance({
      store,
      bus,
      sharedCache,
      model: SESSION_MODEL,
    });
    stops.push(() => revocation.stop());
    revoke = () =>
      revocation.enforce({ sessions: [{ sessionId: subject.sessionId, reason: 'logout' }], cutOffs: [] });
    await revocation.start();
    await waitUntil('caches are trusted', () => revocation.status().trustsCaches, { everyMs: 2 });
    const config = testConfig('postgres://unused', { SESSION_IDLE_TTL: '2h', SESSION_ABSOLUTE_TTL: '10h' });
    // Nothing is written in these tests.
    const lastSeen = new LastSeen({} as DataSource, config);
    const used = new UsedGenerations({} as DataSource, config);
    const nothing = {} as never;
    const detector = new SuspicionDetector(new GeoIp([]), sessions, nothing, nothing, clock, config);
    return new SessionCheck(sessions, revocation, lastSeen, used, detector, clock, config);
  };

  it('returns the session that it grants', async () => {
    const check = await start(new ScriptedStore(), {});
    const { session } = await check.check(subject, CLIENT);
    expect(session.snapshot).toMatchObject({ sessionId: 's', profile: { deviceName: 'TV' } });
    expect(Date.now() - session.use.grantedAt).toBeLessThan(HOUR);
  });

  const codeOf = async (check: SessionCheck, of: Partial<typeof subject> = {}) => {
    try {
      await check.check({ ...subject, ...of }, CLIENT);
      return 'granted';
    } catch (error) {
      return (error as AppError).code;
    }
  };

  it.each<[string, Partial<SessionSnapshot>]>([
    ['belongs to another user', { userId: 'mallory' }],
    ['is past its absolute lifetime', { createdAt: 0 }],
    ['is idle', { lastSeenAt: Date.now() - 5 * HOUR }],
    ['has other roles', { rolesVersion: 7 }],
    ['has ended', { endedReason: 'logout' }],
  ])('does not refuse a request because a cache says that the session %s', async (_what, cached) => {
    const store = new ScriptedStore();
    const check = await start(store, cached);
    expect(await codeOf(check)).toBe('granted');
    expect(store.loads).toHaveLength(1);
  });

  const idle = { createdAt: 0, lastSeenAt: Date.now() - 5 * HOUR };
  it.each<[string, Partial<SessionSnapshot>, string]>([
    ['belongs to another user', { userId: 'mallory' }, 'invalid_token'],
    ['is past its absolute lifetime', { createdAt: 0 }, 'session_expired'],
    ['is idle', { lastSeenAt: Date.now() - 5 * HOUR }, 'session_expired'],
    ['has other roles', { rolesVersion: 7 }, 'token_stale'],
    ['has ended', { status: 'revoked', endedReason: 'logout' }, 'session_revoked'],
    ['has expired', { status: 'expired', endedReason: 'expired' }, 'session_expired'],
  ])('refuses when the store says that the session %s', async (_what, change, code) => {
    expect(await codeOf(await start(new ScriptedStore(change), idle))).toBe(code);
  });

  it('answers from the cache alone when there is nothing to refuse', async () => {
    const store = new ScriptedStore();
    const check = await start(store, {});
    expect(await codeOf(check)).toBe('granted');
    expect(check.check(subject, CLIENT)).toMatchObject({
      userId: 'user',
      session: { snapshot: { deviceId: 'device' } },
    });
    expect(store.loads).toHaveLength(0);
  });

  it('fails without a refusal when the store cannot be reached', async () => {
    const store = new ScriptedStore();
    const check = await start(store, { createdAt: 0 });
    store.isAway = true;
    await expect(check.check(subject, CLIENT)).rejects.toThrow('away');
  });

  describe('when a script uses the session of a browser, which only notifies the user', () => {
    const known = { clients: ['browser:Chrome:Windows'] };
    const ask = async (beforeRead: () => void) => {
      const store = new ScriptedStore(known);
      const check = await start(store, known);
      store.beforeRead = beforeRead;
      return check.check(subject, { ...CLIENT, userAgent: 'curl/8.5.0' });
    };
    const unreachable = Object.assign(new Error('no route'), { code: 'EHOSTUNREACH' });

    it('grants while the store cannot be reached', async () => {
      const { session } = await ask(() => {
        throw unreachable;
      });
      expect(session.snapshot.sessionId).toBe('s');
      expect(Date.now() - session.use.grantedAt).toBeLessThan(HOUR);
    });

    it('refuses if the session has ended during the wait', async () => {
      const asked = ask(() => {
        void revoke();
        throw unreachable;
      });
      await expect(asked).rejects.toMatchObject({ code: 'session_revoked' });
    });

    it('does not hide a fault of the service', async () => {
      const asked = ask(() => {
        throw new TypeError('a bug');
      });
      await expect(asked).rejects.toThrow('a bug');
    });
  });

  describe('asked by a guard', () => {
    const decide = async (check: SessionCheck, of: Partial<typeof subject> = {}) => {
      try {
        await check.checkForGuard({ ...subject, ...of });
        return 'granted';
      } catch (error) {
        return (error as AppError).code;
      }
    };

    it('answers from the cache, without counting a use or looking at the client', async () => {
      const store = new ScriptedStore();
      const check = await start(store, { clients: ['browser:Chrome:Windows'] });
      expect(await decide(check)).toBe('granted');
      expect(store.loads).toHaveLength(0);
      const { session } = await check.check(subject, { ...CLIENT, isUse: false });
      expect(session.use.grantedAt).toBe(0);
    });

    it.each<[string, Partial<SessionSnapshot>, Partial<typeof subject>, string]>([
      ['the session belongs to another user', {}, { userId: 'mallory' }, 'invalid_token'],
      ['the roles have changed', { rolesVersion: 7 }, { rolesVersion: 6 }, 'token_stale'],
      ['nothing has changed', { rolesVersion: 7 }, { rolesVersion: 7 }, 'granted'],
      ['a login is needed', { needsLogin: true }, {}, 'insufficient_user_authentication'],
      ['the session is idle', idle, {}, 'session_expired'],
      ['the session has ended', { status: 'revoked', endedReason: 'logout' }, {}, 'session_revoked'],
    ])('decides from the store when %s', async (_what, change, of, code) => {
      expect(await decide(await start(new ScriptedStore(change), idle), of)).toBe(code);
    });
  });
});
