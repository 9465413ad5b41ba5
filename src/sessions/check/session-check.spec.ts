import type { SessionSnapshot } from '@latchkey/revocation/session-snapshot';
import type { DataSource } from 'typeorm';
import {
  activeSnapshot,
  LyingTier,
  MemoryServer,
  MemoryStore,
  newRevocation,
} from '../../../test/support/revocation-world.js';
import { testConfig } from '../../../test/support/test-config.js';
import { waitUntil } from '../../../test/support/wait-until.js';
import { AppError } from '../../errors/app-error.js';
import { GeoIp } from '../../geoip/geoip.js';
import { SuspicionDetector } from '../suspicion/suspicion-detector.js';
import { LastSeen } from './last-seen.js';
import { SessionCheck } from './session-check.js';

/** A cache that answers with what the test says. */
class ScriptedTier extends LyingTier {
  constructor(private readonly answer: SessionSnapshot) {
    super();
  }
  override async read(): Promise<Map<string, SessionSnapshot>> {
    return new Map([[this.answer.sessionId, this.answer]]);
  }
}

/** The store, with what the test adds to the session. */
class TruthThatSays extends MemoryStore {
  constructor(private readonly says: Partial<SessionSnapshot>) {
    super();
  }
  override async load(ids: readonly string[]): Promise<Map<string, SessionSnapshot>> {
    const found = await super.load(ids);
    return new Map([...found].map(([id, it]) => [id, { ...it, createdAt: Date.now(), ...this.says }]));
  }
}

const HOUR = 3_600_000;
const ASKER = { address: '192.0.2.1', userAgent: '', isUse: true };

describe('SessionCheck', () => {
  const subject = {
    userId: 'user',
    sessionId: 's',
    roles: [],
    rolesVersion: 0,
    authenticatedAt: 0,
  };
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  const start = async (store: MemoryStore, cached: Partial<SessionSnapshot>) => {
    const now = Date.now();
    const tier = new ScriptedTier({
      ...activeSnapshot('s'),
      createdAt: now,
      lastSeenAt: now,
      readAt: now,
      ...cached,
    });
    const revocation = newRevocation({ store, bus: new MemoryServer().bus(), sharedCache: tier });
    stops.push(() => revocation.stop());
    await revocation.start();
    await waitUntil('caches are trusted', () => revocation.status().trustsCaches, { everyMs: 2 });
    const config = testConfig('postgres://unused', { SESSION_IDLE_TTL: '2h', SESSION_ABSOLUTE_TTL: '10h' });
    // Nothing of it is written here.
    const lastSeen = new LastSeen({} as DataSource, config);
    const nothing = {} as never;
    const watch = new SuspicionDetector(new GeoIp([]), revocation, nothing, nothing, config);
    return new SessionCheck(revocation, lastSeen, watch, config);
  };
  it('tells what is known of the session that it grants', async () => {
    const check = await start(new MemoryStore(), {});
    const { session } = await check.check(subject, ASKER);
    expect(session).toMatchObject({ sessionId: 's', profile: { deviceName: 'TV' } });
    expect(Date.now() - session.grantedAt).toBeLessThan(HOUR);
  });

  const codeOf = async (check: SessionCheck, of: Partial<typeof subject> = {}) => {
    try {
      await check.check({ ...subject, ...of }, ASKER);
      return 'granted';
    } catch (error) {
      return (error as AppError).code;
    }
  };

  it.each<[string, Partial<SessionSnapshot>]>([
    ['belongs to somebody else', { userId: 'mallory' }],
    ['is past its absolute lifetime', { createdAt: 0 }],
    ['is idle', { lastSeenAt: Date.now() - 5 * HOUR }],
    ['has other roles by now', { rolesVersion: 7 }],
    ['has ended', { endedReason: 'logout' }],
  ])('refuses nobody because a cache says that the session %s', async (_what, cached) => {
    const store = new TruthThatSays({});
    const check = await start(store, cached);
    expect(await codeOf(check)).toBe('granted');
    expect(store.loads).toBe(1);
  });

  const idle = { createdAt: 0, lastSeenAt: Date.now() - 5 * HOUR };
  it.each<[string, Partial<SessionSnapshot>, string]>([
    ['belongs to somebody else', { userId: 'mallory' }, 'invalid_token'],
    ['is past its absolute lifetime', { createdAt: 0 }, 'session_expired'],
    ['is idle', { lastSeenAt: Date.now() - 5 * HOUR }, 'session_expired'],
    ['has other roles by now', { rolesVersion: 7 }, 'token_stale'],
    ['has ended', { status: 'revoked', endedReason: 'logout' }, 'session_revoked'],
    ['has expired', { status: 'expired', endedReason: 'expired' }, 'session_expired'],
  ])('refuses when the store says that the session %s', async (_what, says, code) => {
    expect(await codeOf(await start(new TruthThatSays(says), idle))).toBe(code);
  });

  it('answers from the cache alone when there is nothing to refuse', async () => {
    const store = new MemoryStore();
    const check = await start(store, {});
    expect(await codeOf(check)).toBe('granted');
    expect(check.check(subject, ASKER)).toMatchObject({ userId: 'user', deviceId: 'device' });
    expect(store.loads).toBe(0);
  });

  it('is no refusal when the store cannot be asked', async () => {
    const store = new MemoryStore();
    const check = await start(store, { createdAt: 0 });
    store.isAway = true;
    await expect(check.check(subject, ASKER)).rejects.toThrow('away');
  });
});
