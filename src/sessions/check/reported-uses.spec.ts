import { jest } from '@jest/globals';
import type { ReportedUse } from '@latchkey/revocation/guard-connection/messages';
import { Logger } from '@nestjs/common';
import { activeSnapshot } from '../../../test/support/active-snapshot.js';
import { testConfig } from '../../../test/support/test-config.js';
import { waitUntil } from '../../../test/support/wait-until.js';
import type { CachedSession } from '../store/session-model.js';
import type { SessionSnapshot } from '../store/session-snapshot.js';
import { ReportedUses } from './reported-uses.js';
import { type Client, SessionUse } from './session-use.js';

const ID = '0197f3c0-0000-7000-8000-000000000000';
const OTHER = '0197f3c0-0000-7000-8000-000000000001';
const HOUR = 3_600_000;

describe('ReportedUses', () => {
  /** What memory has, and what the store has if that is different. */
  let cached: CachedSession | null;
  let stored: CachedSession | null;
  let reads: number;
  let isStoreAway: boolean;
  let suspicion: string | null;
  let isNewClient: boolean;
  let judged: Client[];
  let noted: [sessionId: string, address: string | null][];
  let generations: number[];
  let uses: ReportedUses;

  const session = (change: Partial<SessionSnapshot> = {}): CachedSession => {
    const now = Date.now();
    const snapshot = { ...activeSnapshot(ID), createdAt: now - HOUR, lastSeenAt: now - HOUR, ...change };
    return { snapshot, use: new SessionUse() };
  };
  const lookup = (found: CachedSession | null) => ({ ended: null, session: found });

  beforeEach(() => {
    cached = session();
    stored = null;
    [reads, judged, noted, generations] = [0, [], [], []];
    [isStoreAway, suspicion, isNewClient] = [false, null, false];
    uses = new ReportedUses(
      {
        find: () => lookup(cached),
        findFresh: async () => {
          reads += 1;
          if (isStoreAway) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
          return lookup(stored ?? cached);
        },
      } as never,
      {
        noteReported: (sessionId: string, _use: SessionUse, _ageMs: number, address: string | null) =>
          noted.push([sessionId, address]),
      } as never,
      { note: (_sessionId: string, generation: number) => generations.push(generation) } as never,
      {
        isUnsuspicious: () => !isNewClient,
        decide: async (_session: CachedSession, client: Client) => {
          judged.push(client);
          return suspicion;
        },
      } as never,
      { now: () => Date.now() } as never,
      testConfig('postgres://unused', { SESSION_IDLE_TTL: '2h', SESSION_ABSOLUTE_TTL: '10h' }),
    );
  });

  /** Takes reports, and waits until a later one has been handled as well. */
  const take = async (...reports: Partial<ReportedUse>[]) => {
    uses.note(reports.map((report) => ({ sessionId: ID, agoMs: 0, generation: 0, ...report })));
    await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it('notes a use, with the address if it was reported', async () => {
    await take({}, { address: '192.0.2.1', userAgent: 'Firefox' });
    expect(noted).toEqual([
      [ID, null],
      [ID, '192.0.2.1'],
    ]);
    expect(cached?.use.address).toBe('192.0.2.1');
  });

  it('notes each generation once, also when it comes late', async () => {
    await take({ generation: 2 }, { generation: 2 }, { generation: 1 });
    expect(generations).toEqual([2]);
  });

  it('handles reports that arrive while others are handled', async () => {
    uses.note([{ sessionId: ID, agoMs: 0, generation: 0 }]);
    await take({});
    expect(noted).toHaveLength(2);
  });

  it('ignores what is not the id of a session, and sessions that nobody knows', async () => {
    await take({ sessionId: 'x' });
    cached = null;
    await take({ sessionId: OTHER });
    expect(noted).toEqual([]);
  });

  it.each<[string, Partial<SessionSnapshot>]>([
    ['has ended', { endedReason: 'logout' }],
    ['needs a new login', { needsLogin: true }],
    ['was idle for too long', { lastSeenAt: Date.now() - 3 * HOUR }],
    ['is past its absolute lifetime', { createdAt: Date.now() - 11 * HOUR }],
  ])('does not revive a session that %s', async (_what, change) => {
    cached = session(change);
    await take({});
    expect([noted, reads]).toEqual([[], 1]);
  });

  it('takes a use of a session that the store has as live', async () => {
    cached = session({ lastSeenAt: Date.now() - 3 * HOUR });
    stored = session();
    await take({});
    expect(noted).toHaveLength(1);
  });

  it('counts a use that was earlier than the end of the idle lifetime', async () => {
    cached = session({ lastSeenAt: Date.now() - 3 * HOUR });
    await take({ agoMs: 2 * HOUR });
    expect(noted).toHaveLength(1);
  });

  it('takes no more reports at once than its limit', async () => {
    uses.note(Array.from({ length: 20_001 }, () => ({ sessionId: ID, agoMs: 0, generation: 0 })));
    await waitUntil('all are taken', () => noted.length >= 20_000);
    await take({});
    expect(noted).toHaveLength(20_001);
  });

  it('takes the others when one fails for a reason that is a defect', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    let isDefect = true;
    const { use } = session();
    jest.spyOn(use, 'seesGeneration').mockImplementation(() => {
      if (!isDefect) return false;
      isDefect = false;
      throw new Error('a defect');
    });
    cached = { ...session(), use };
    await take({}, {});
    expect(logged).toHaveBeenCalledTimes(1);
    logged.mockRestore();
    expect(noted).toHaveLength(1);
  });

  describe('from a client that is new for the session', () => {
    beforeEach(() => {
      isNewClient = true;
    });

    it('is judged like a request, and accepted', async () => {
      await take({ userAgent: 'Firefox' });
      expect(judged).toEqual([{ address: '0.0.0.0', userAgent: 'Firefox' }]);
      expect(noted).toHaveLength(1);
    });

    it('is not judged by a client that was not reported', async () => {
      await take({});
      expect([judged, noted.length]).toEqual([[], 1]);
    });

    it.each(['ended', 'needs_login'])('is not noted if the decision is: %s', async (decision) => {
      suspicion = decision;
      await take({ address: '192.0.2.1' });
      expect([judged.length, noted]).toEqual([1, []]);
    });

    it.each<[string, Partial<SessionSnapshot>]>([
      ['has ended', { endedReason: 'logout' }],
      ['needs a new login', { needsLogin: true }],
    ])('is not judged if the session %s meanwhile', async (_what, change) => {
      stored = session(change);
      await take({ address: '192.0.2.1' });
      expect([judged, noted]).toEqual([[], []]);
    });

    it('is taken again when Postgres can be reached again', async () => {
      isStoreAway = true;
      await take({ address: '192.0.2.1' });
      expect(noted).toEqual([]);
      isStoreAway = false;
      await waitUntil('it is noted', () => noted.length === 1);
    });
  });
});
