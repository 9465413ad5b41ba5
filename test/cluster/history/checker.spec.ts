import { violationsOf } from './checker.js';
import { HistoryBuilder } from './history-builder.js';

/** The promises that a history breaks, without duplicates. */
const broken = (built: HistoryBuilder) => [
  ...new Set(violationsOf(built.history()).map(({ promise }) => promise)),
];
const loggedIn = () => new HistoryBuilder().login(0, 10);

describe('the checker', () => {
  describe('for a revoke answered with 204 (P1)', () => {
    it('accepts a request that started before the 204 was read, however late it was granted', () => {
      expect(broken(loggedIn().revoke(100, 200, 204).granted(199, 5_000))).toEqual([]);
    });

    it('reports a granted request that started after the 204', () => {
      expect(broken(loggedIn().revoke(100, 200, 204).granted(201, 202, 2))).toEqual(['P1']);
    });

    it('counts a successful revoke by a revoked session as a grant', () => {
      const built = loggedIn().revoke(100, 200, 204);
      built.add({
        kind: 'revoke',
        startedAt: 300,
        endedAt: 310,
        scope: { session: 'x' },
        answer: { status: 204, hasRetryAfter: false },
      });
      expect(broken(built)).toEqual(['P1']);
    });

    it('applies to every session in the scope of the revoke', () => {
      expect(broken(loggedIn().revoke(100, 200, 204, {}).granted(201, 202))).toEqual(['P1']);
    });

    it('does not apply to a session of another device', () => {
      const built = loggedIn();
      built.add({
        kind: 'revoke',
        startedAt: 100,
        endedAt: 200,
        session: 'other',
        scope: { device: 'another' },
        answer: { status: 204, hasRetryAfter: false },
      });
      expect(broken(built.granted(201, 202))).toEqual([]);
    });

    it('does not apply to a session that may have been opened after the revoke', () => {
      const built = new HistoryBuilder().login(150, 160);
      expect(broken(built.revoke(100, 200, 204, {}).granted(201, 202))).toEqual([]);
      expect(broken(built.refused(210, 220, 1))).toEqual([]);
    });
  });

  describe('for a revoke answered with 202 (P3)', () => {
    it('accepts a grant within the bound and reports one beyond it', () => {
      expect(broken(loggedIn().revoke(100, 200, 202).granted(1_600, 1_601))).toEqual([]);
      expect(broken(loggedIn().revoke(100, 200, 202).granted(1_800, 1_801))).toEqual(['P3']);
    });

    it('also counts the bound from the first refusal, which proves the commit', () => {
      expect(broken(loggedIn().revoke(100, 900, null).refused(200, 210, 0).granted(1_800, 1_801, 1))).toEqual(
        ['P3'],
      );
    });

    it('extends the bound for an instance that could not reach Postgres, and for its recovery', () => {
      const built = loggedIn().revoke(100, 200, 202).granted(20_000, 20_001, 1);
      built.faults.push({ name: 'cut', startedAt: 150, endedAt: 14_000, withoutPostgres: [1] });
      expect(broken(built)).toEqual([]);
      expect(broken(built.granted(22_600, 22_601, 1))).toEqual(['P3']);
      expect(broken(loggedIn().revoke(100, 200, 202).granted(20_000, 20_001, 2))).toEqual(['P3']);
    });

    it('extends the bound when the machine was measurably slow', () => {
      const built = loggedIn().revoke(100, 200, 202).granted(2_500, 2_501);
      built.stalls.push({ at: 1_000, ms: 300 });
      expect(broken(built)).toEqual([]);
      expect(broken(loggedIn().revoke(100, 200, 202).granted(300, 600).granted(2_500, 2_501))).toEqual([]);
    });

    it('reports any refresh that started after it: refreshes read Postgres', () => {
      expect(broken(loggedIn().revoke(100, 200, 202).refresh(250, 260, 'a', 'b'))).toEqual(['P2']);
    });
  });

  describe('for a session that was refused as ended (P2)', () => {
    it('reports a later grant by the same instance', () => {
      expect(broken(loggedIn().revoke(100, 900, null).refused(200, 210, 1).granted(220, 230, 1))).toEqual([
        'P2',
      ]);
    });

    it('accepts a grant by another instance while the revocation is still propagating', () => {
      expect(broken(loggedIn().revoke(100, 900, null).refused(200, 210, 1).granted(220, 230, 2))).toEqual([]);
    });
  });

  describe('for a revoke whose outcome is unknown', () => {
    it.each([null, 503])('accepts both a refusal and a grant after status %s', (status) => {
      expect(broken(loggedIn().revoke(100, 200, status).granted(5_000, 5_010))).toEqual([]);
      expect(broken(loggedIn().revoke(100, 200, status).refused(5_000, 5_010))).toEqual([]);
    });

    it('accepts a refusal while the revoke is in flight, but not before it', () => {
      expect(broken(loggedIn().refused(90, 150).revoke(100, 200, 204))).toEqual([]);
      expect(broken(loggedIn().refused(50, 90).revoke(100, 200, 204))).toContain('P5');
    });
  });

  describe('for a session that was not revoked (P5)', () => {
    it('reports a refusal', () => {
      expect(broken(loggedIn().refused(100, 110))).toEqual(['P5']);
      expect(broken(loggedIn().refresh(100, 110, 'a', null))).toEqual(['P5']);
    });

    it('reports a refusal after a revoke that was itself rejected', () => {
      expect(broken(loggedIn().revoke(50, 60, 401).refused(100, 110))).toEqual(['P5']);
    });

    it('accepts the refusal of an expired access token, but not of a refresh token', () => {
      expect(broken(loggedIn().refused(900_000, 900_010, 0, { tokenRequestedAt: 0 }))).toEqual([]);
      expect(broken(loggedIn().refresh(900_000, 900_010, 'a', null))).toEqual(['P5']);
    });

    it('accepts one successor per refresh token, however often it is presented, and reports a second', () => {
      const built = loggedIn().refresh(100, 110, 'a', 'b').refresh(100, 120, 'a', 'b');
      expect(broken(built)).toEqual([]);
      expect(broken(built.refresh(130, 140, 'a', 'c'))).toEqual(['P5']);
    });
  });

  describe('for a refresh token that is presented again after its rotation (P5)', () => {
    /** Rotated `a` to `b`, with a grace until 10,110. */
    const rotated = () => loggedIn().refresh(100, 110, 'a', 'b');
    const used = () => rotated().granted(200, 210, 1, { issuedWith: 'b' });

    it('accepts that it is accepted as long as its successor was not used, however late', () => {
      expect(broken(rotated().refresh(800_000, 800_010, 'a', 'b'))).toEqual([]);
      const older = rotated().granted(200, 210, 1, { issuedWith: 'a' });
      expect(broken(older.refresh(800_000, 800_010, 'a', 'b'))).toEqual([]);
    });

    it('reports that it is refused although its successor was not used', () => {
      expect(broken(rotated().refresh(800_000, 800_010, 'a', null))).toEqual(['P5']);
      expect(
        broken(
          rotated().refresh(800_000, 800_010, 'a', null).granted(800_020, 800_030, 1, { issuedWith: 'b' }),
        ),
      ).toEqual(['P5']);
    });

    it('reports that it is accepted after the grace although its successor was used', () => {
      expect(broken(used().refresh(9_000, 9_010, 'a', 'b'))).toEqual([]);
      expect(broken(used().refresh(12_300, 12_310, 'a', 'b'))).toEqual(['P5']);
      expect(broken(rotated().refresh(200, 210, 'b', 'c').refresh(12_300, 12_310, 'a', 'b'))).toEqual(['P5']);
    });

    it('accepts that it is refused, and the session with it, after its successor was used', () => {
      const built = used().refresh(12_300, 12_310, 'a', null).refused(12_320, 12_330, 1);
      expect(broken(built)).toEqual([]);
    });

    it('accepts that it is refused within the grace only if its successor was exchanged', () => {
      expect(broken(used().refresh(9_000, 9_010, 'a', null))).toEqual(['P5']);
      expect(broken(rotated().refresh(200, 210, 'b', 'c').refresh(300, 310, 'a', null))).toEqual([]);
    });

    it('does not judge a use that a fault may have kept from being written', () => {
      const built = used().refresh(12_300, 12_310, 'a', 'b');
      built.faults.push({ name: 'cut', startedAt: 150, endedAt: 300, withoutPostgres: [1] });
      expect(broken(built)).toEqual([]);
    });
  });

  describe('for failures (P4)', () => {
    const answered = (status: number, hasRetryAfter: boolean, kind: 'check' | 'login' = 'check') =>
      broken(
        loggedIn().add({ kind, startedAt: 1, endedAt: 2, session: null, answer: { status, hasRetryAfter } }),
      );

    it('accepts a missing response, and 503 with Retry-After', () => {
      expect(answered(503, true)).toEqual([]);
      expect(broken(loggedIn().add({ kind: 'check', startedAt: 1, endedAt: 2, answer: null }))).toEqual([]);
    });

    it.each([
      [503, false],
      [500, true],
      [404, false],
      [429, true],
    ])('reports status %i with Retry-After: %s', (status, hasRetryAfter) => {
      expect(answered(status, hasRetryAfter)).toEqual(['P4']);
    });

    it('reports a login refused despite the correct password', () => {
      expect(answered(401, false, 'login')).toEqual(['P4']);
    });
  });

  describe('for guarded servers (P8)', () => {
    const atGuard = { guarded: 'fastify' };

    it('reports a granted request that started after the 204', () => {
      expect(broken(loggedIn().revoke(100, 200, 204).granted(201, 202, 100, atGuard))).toEqual(['P8']);
      expect(broken(loggedIn().revoke(100, 200, 204).granted(199, 202, 100, atGuard))).toEqual([]);
    });

    it('reports a grant by a guarded server that has already refused the session', () => {
      const built = loggedIn().revoke(100, 900, null).refused(200, 210, 100, atGuard);
      expect(broken(built.granted(220, 230, 101, atGuard))).toEqual([]);
      expect(broken(built.granted(220, 230, 100, atGuard))).toEqual(['P2']);
    });

    it('reports a refusal of a session that was not revoked', () => {
      expect(broken(loggedIn().refused(100, 110, 100, atGuard))).toEqual(['P5']);
    });

    it('bounds a grant after a 202 as for instances if nothing was broken', () => {
      expect(broken(loggedIn().revoke(100, 200, 202).granted(1_600, 1_601, 100, atGuard))).toEqual([]);
      expect(broken(loggedIn().revoke(100, 200, 202).granted(1_800, 1_801, 100, atGuard))).toEqual(['P3']);
    });

    it('extends that bound by a lease for a guard that may have lost its parent', () => {
      const cutOff = (at: number) => {
        const built = loggedIn()
          .revoke(100, 200, 202)
          .granted(at, at + 1, 100, atGuard);
        built.faults.push({
          name: 'cut',
          startedAt: 150,
          endedAt: 9_000,
          withoutPostgres: [],
          guarded: [100],
        });
        return built;
      };
      expect(broken(cutOff(4_600))).toEqual([]);
      expect(broken(cutOff(4_800))).toEqual(['P3']);
    });

    it('extends that bound while any instance, its parent perhaps, cannot reach Postgres', () => {
      const built = loggedIn().revoke(100, 200, 202).granted(20_000, 20_001, 100, atGuard);
      built.faults.push({ name: 'cut', startedAt: 150, endedAt: 14_000, withoutPostgres: [1] });
      expect(broken(built)).toEqual([]);
      expect(broken(built.granted(25_600, 25_601, 100, atGuard))).toEqual(['P3']);
    });

    it('gives a guard a second to report the use of a successor (P5)', () => {
      const used = () =>
        loggedIn()
          .refresh(100, 110, 'a', 'b')
          .granted(9_900, 9_910, 100, { ...atGuard, issuedWith: 'b' });
      expect(broken(used().refresh(12_800, 12_810, 'a', 'b'))).toEqual([]);
      expect(broken(used().refresh(13_000, 13_010, 'a', 'b'))).toEqual(['P5']);
    });

    describe('that answer 503 (P4)', () => {
      const unavailable = (at: number) =>
        loggedIn().granted(at, at + 1, 100, { ...atGuard, answer: { status: 503, hasRetryAfter: true } });

      it('reports it if nothing was broken, or long ago', () => {
        const built = unavailable(20_000);
        expect(broken(built)).toEqual(['P4']);
        built.faults.push({
          name: 'cut',
          startedAt: 1_000,
          endedAt: 9_500,
          withoutPostgres: [],
          guarded: [100],
        });
        expect(broken(built)).toEqual([]);
      });

      it('reports a missing answer too', () => {
        expect(broken(loggedIn().granted(20_000, 20_001, 100, { ...atGuard, answer: null }))).toEqual(['P4']);
      });

      it('does not judge it if the machine was slow', () => {
        const built = unavailable(20_000);
        built.stalls.push({ at: 18_000, ms: 100 });
        expect(broken(built)).toEqual([]);
        expect(broken(unavailable(20_000).granted(19_000, 19_500, 1))).toEqual([]);
      });
    });
  });

  describe('for streams (P9)', () => {
    it('reports text that was written after the 204', () => {
      expect(broken(loggedIn().revoke(100, 200, 204).stream(20, 199, 230))).toEqual([]);
      expect(broken(loggedIn().revoke(100, 200, 204).stream(20, 201, 230))).toEqual(['P9']);
    });

    it('bounds text that was written after a 202 as a grant (P3)', () => {
      expect(broken(loggedIn().revoke(100, 200, 202).stream(20, 1_600))).toEqual([]);
      expect(broken(loggedIn().revoke(100, 200, 202).stream(20, 1_800))).toEqual(['P3']);
    });

    it('reports a stream that was closed although its session was not revoked (P5)', () => {
      expect(broken(loggedIn().stream(20, 90, 95, 'session_revoked'))).toEqual(['P5']);
      expect(broken(loggedIn().revoke(94, 200, 204).stream(20, 90, 95, 'session_revoked'))).toEqual([]);
      expect(broken(loggedIn().stream(20, 90))).toEqual([]);
    });

    it('reports a stream that was closed for want of a lease although nothing was broken (P4)', () => {
      const built = loggedIn().stream(20, 19_900, 20_000, 'unavailable');
      expect(broken(built)).toEqual(['P4']);
      built.faults.push({ name: 'cut', startedAt: 1_000, endedAt: 15_000, withoutPostgres: [1] });
      expect(broken(built)).toEqual([]);
    });

    it('reports a stream that is still open in the final check although its session has ended', () => {
      const open = () => {
        const built = loggedIn().stream(20, 199, Number.POSITIVE_INFINITY);
        built.rows = new Map([['s', { status: 'active', confirmedAfterMs: null }]]);
        return built;
      };
      expect(broken(open())).toEqual([]);
      const ended = open().revoke(100, 200, 204);
      ended.rows?.set('s', { status: 'revoked', confirmedAfterMs: null });
      expect(broken(ended)).toEqual(['P9']);
    });
  });

  describe('for the final state (P6)', () => {
    const closing = { isFinalCheck: true };
    const closed = (built: HistoryBuilder, status: string) => {
      built.rows = new Map([['s', { status, confirmedAfterMs: null }]]);
      return broken(built);
    };

    it('reports an acknowledged revocation that is missing from Postgres', () => {
      expect(closed(loggedIn().revoke(100, 200, 202), 'revoked')).toEqual([]);
      expect(closed(loggedIn().revoke(100, 200, 202), 'active')).toEqual(['P6']);
    });

    it('reports a session that was opened and has disappeared', () => {
      expect(closed(loggedIn(), 'active')).toEqual([]);
      expect(closed(loggedIn(), 'revoked')).toEqual(['P6']);
      const withoutRow = loggedIn();
      withoutRow.rows = new Map();
      expect(broken(withoutRow)).toEqual(['P6']);
    });

    it('reports an instance that still refuses an active session or does not respond', () => {
      expect(closed(loggedIn().granted(900, 910, 1, closing), 'active')).toEqual([]);
      expect(closed(loggedIn().granted(900, 910, 1, { ...closing, answer: null }), 'active')).toEqual(['P6']);
      const again = loggedIn()
        .granted(900, 910, 1, { ...closing, answer: null })
        .granted(920, 930, 1, closing);
      expect(closed(again, 'active')).toEqual([]);
    });

    it('accepts either outcome of an unknown revoke if it is the same everywhere', () => {
      const unknown = () => loggedIn().revoke(100, 200, null);
      expect(closed(unknown().granted(9_000, 9_010, 0, closing), 'active')).toEqual([]);
      expect(closed(unknown().refused(9_000, 9_010, 0, closing), 'revoked')).toEqual([]);
      expect(closed(unknown().granted(9_000, 9_010, 0, closing), 'revoked')).toEqual(['P6']);
      expect(closed(unknown().refused(9_000, 9_010, 0, closing), 'active')).toEqual(['P6']);
    });
  });
});
