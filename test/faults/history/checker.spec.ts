import { violationsOf } from './checker.js';
import { HistoryBuilder } from './history-builder.js';

/** The promises that a history breaks, each once. */
const broken = (built: HistoryBuilder) => [
  ...new Set(violationsOf(built.history()).map(({ promise }) => promise)),
];
const loggedIn = () => new HistoryBuilder().login(0, 10);

describe('the checker', () => {
  describe('of an end that was answered with 204 (P1)', () => {
    it('accepts a grant that had started before the answer was read, however late it came', () => {
      expect(broken(loggedIn().revoke(100, 200, 204).granted(199, 5_000))).toEqual([]);
    });

    it('finds a grant that started afterwards', () => {
      expect(broken(loggedIn().revoke(100, 200, 204).granted(201, 202, 2))).toEqual(['P1']);
    });

    it('takes an end by such a session for a grant', () => {
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

    it('holds it for every session that the end was meant for', () => {
      expect(broken(loggedIn().revoke(100, 200, 204, {}).granted(201, 202))).toEqual(['P1']);
    });

    it('does not hold it for a session of another device', () => {
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

    it('does not hold it for a session that may have been opened after the end', () => {
      const built = new HistoryBuilder().login(150, 160);
      expect(broken(built.revoke(100, 200, 204, {}).granted(201, 202))).toEqual([]);
      expect(broken(built.refused(210, 220, 1))).toEqual([]);
    });
  });

  describe('of an end that was answered with 202 (P3)', () => {
    it('accepts a grant within the bound, and finds one beyond it', () => {
      expect(broken(loggedIn().revoke(100, 200, 202).granted(1_600, 1_601))).toEqual([]);
      expect(broken(loggedIn().revoke(100, 200, 202).granted(1_800, 1_801))).toEqual(['P3']);
    });

    it('counts from the first refusal as well, since that tells of a commit', () => {
      expect(broken(loggedIn().revoke(100, 900, null).refused(200, 210, 0).granted(1_800, 1_801, 1))).toEqual(
        ['P3'],
      );
    });

    it('waits for an instance that could not reach Postgres, and for its recovery', () => {
      const built = loggedIn().revoke(100, 200, 202).granted(20_000, 20_001, 1);
      built.faults.push({ name: 'cut', startedAt: 150, endedAt: 14_000, withoutPostgres: [1] });
      expect(broken(built)).toEqual([]);
      expect(broken(built.granted(22_600, 22_601, 1))).toEqual(['P3']);
      expect(broken(loggedIn().revoke(100, 200, 202).granted(20_000, 20_001, 2))).toEqual(['P3']);
    });

    it('allows for a machine that was seen to be slow', () => {
      const built = loggedIn().revoke(100, 200, 202).granted(2_500, 2_501);
      built.stalls.push({ at: 1_000, ms: 300 });
      expect(broken(built)).toEqual([]);
      expect(broken(loggedIn().revoke(100, 200, 202).granted(300, 600).granted(2_500, 2_501))).toEqual([]);
    });

    it('finds a refresh that started after it at once: the truth is asked', () => {
      expect(broken(loggedIn().revoke(100, 200, 202).refresh(250, 260, 'a', 'b'))).toEqual(['P2']);
    });
  });

  describe('of a session that was refused as ended (P2)', () => {
    it('finds a later grant by the same instance', () => {
      expect(broken(loggedIn().revoke(100, 900, null).refused(200, 210, 1).granted(220, 230, 1))).toEqual([
        'P2',
      ]);
    });

    it('accepts one by another instance for as long as the end is on its way', () => {
      expect(broken(loggedIn().revoke(100, 900, null).refused(200, 210, 1).granted(220, 230, 2))).toEqual([]);
    });
  });

  describe('of an end whose outcome is unknown', () => {
    it.each([null, 503])('accepts a refusal and a grant after %s', (status) => {
      expect(broken(loggedIn().revoke(100, 200, status).granted(5_000, 5_010))).toEqual([]);
      expect(broken(loggedIn().revoke(100, 200, status).refused(5_000, 5_010))).toEqual([]);
    });

    it('accepts a refusal while the request is still under way, and not before it', () => {
      expect(broken(loggedIn().refused(90, 150).revoke(100, 200, 204))).toEqual([]);
      expect(broken(loggedIn().refused(50, 90).revoke(100, 200, 204))).toContain('P5');
    });
  });

  describe('of a session that nobody ended (P5)', () => {
    it('finds a refusal', () => {
      expect(broken(loggedIn().refused(100, 110))).toEqual(['P5']);
      expect(broken(loggedIn().refresh(100, 110, 'a', null))).toEqual(['P5']);
    });

    it('finds a refusal after an end that was itself refused', () => {
      expect(broken(loggedIn().revoke(50, 60, 401).refused(100, 110))).toEqual(['P5']);
    });

    it('accepts the refusal of an access token that has run out, not that of a refresh token', () => {
      expect(broken(loggedIn().refused(900_000, 900_010, 0, { tokenRequestedAt: 0 }))).toEqual([]);
      expect(broken(loggedIn().refresh(900_000, 900_010, 'a', null))).toEqual(['P5']);
    });

    it('accepts one successor for many who present the same refresh token, and finds a second', () => {
      const built = loggedIn().refresh(100, 110, 'a', 'b').refresh(100, 120, 'a', 'b');
      expect(broken(built)).toEqual([]);
      expect(broken(built.refresh(130, 140, 'a', 'c'))).toEqual(['P5']);
    });
  });

  describe('of failures (P4)', () => {
    const answered = (status: number, hasRetryAfter: boolean, kind: 'check' | 'login' = 'check') =>
      broken(
        loggedIn().add({ kind, startedAt: 1, endedAt: 2, session: null, answer: { status, hasRetryAfter } }),
      );

    it('accepts no answer, and 503 with Retry-After', () => {
      expect(answered(503, true)).toEqual([]);
      expect(broken(loggedIn().add({ kind: 'check', startedAt: 1, endedAt: 2, answer: null }))).toEqual([]);
    });

    it.each([
      [503, false],
      [500, true],
      [404, false],
      [429, true],
    ])('finds %i with Retry-After: %s', (status, hasRetryAfter) => {
      expect(answered(status, hasRetryAfter)).toEqual(['P4']);
    });

    it('finds a good password that was refused', () => {
      expect(answered(401, false, 'login')).toEqual(['P4']);
    });
  });

  describe('of the close (P6)', () => {
    const closing = { isFinalCheck: true };
    const closed = (built: HistoryBuilder, status: string) => {
      built.rows = new Map([['s', { status, confirmedAfterMs: null }]]);
      return broken(built);
    };

    it('finds an acknowledged end that Postgres does not have', () => {
      expect(closed(loggedIn().revoke(100, 200, 202), 'revoked')).toEqual([]);
      expect(closed(loggedIn().revoke(100, 200, 202), 'active')).toEqual(['P6']);
    });

    it('finds a login that is gone', () => {
      expect(closed(loggedIn(), 'active')).toEqual([]);
      expect(closed(loggedIn(), 'revoked')).toEqual(['P6']);
      const withoutRow = loggedIn();
      withoutRow.rows = new Map();
      expect(broken(withoutRow)).toEqual(['P6']);
    });

    it('finds an instance that still refuses a session that is alive, or does not answer', () => {
      expect(closed(loggedIn().granted(900, 910, 1, closing), 'active')).toEqual([]);
      expect(closed(loggedIn().granted(900, 910, 1, { ...closing, answer: null }), 'active')).toEqual(['P6']);
      const again = loggedIn()
        .granted(900, 910, 1, { ...closing, answer: null })
        .granted(920, 930, 1, closing);
      expect(closed(again, 'active')).toEqual([]);
    });

    it('lets an end of unknown outcome be either, and then the same everywhere', () => {
      const unknown = () => loggedIn().revoke(100, 200, null);
      expect(closed(unknown().granted(9_000, 9_010, 0, closing), 'active')).toEqual([]);
      expect(closed(unknown().refused(9_000, 9_010, 0, closing), 'revoked')).toEqual([]);
      expect(closed(unknown().granted(9_000, 9_010, 0, closing), 'revoked')).toEqual(['P6']);
      expect(closed(unknown().refused(9_000, 9_010, 0, closing), 'active')).toEqual(['P6']);
    });
  });
});
