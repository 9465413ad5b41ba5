import { StandbyServer } from '../../database/standby-server.js';
import { readRecentRevocations } from './recent-revocations.js';

const NOW = {
  kind: 'now',
  id: '',
  reason: 'server',
  roles_version: 0,
  session_epoch: 0,
  at: 9,
  overdue: false,
} as const;
const ended = (id: string, at: number) =>
  ({
    kind: 'session',
    id,
    reason: 'logout',
    roles_version: 0,
    session_epoch: 0,
    at,
    overdue: false,
  }) as const;

describe('readRecentRevocations', () => {
  it('continues after the greatest id of the last time, in whatever order a page arrives', async () => {
    const asked: unknown[][] = [];
    const pages = [[NOW, ended('c', 5), ended('b', 5), ended('a', 4)], [ended('d', 5)]];
    const { sessions, now } = await readRecentRevocations(
      60_000,
      async (_, parameters) => {
        asked.push(parameters);
        return pages[asked.length - 1] ?? [];
      },
      { pageSize: 3, overdueAtOnce: 5, overdueMax: 10 },
    );
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual(['c', 'b', 'a', 'd']);
    expect([now, asked[1]?.slice(2, 4)]).toEqual([9, [5, 'c']]);
  });

  it('refuses a later page that came from a standby', async () => {
    const pages = [
      [NOW, ended('a', 4)],
      [ended('b', 5), { ...NOW, kind: 'standby' as const }],
    ];
    const reading = readRecentRevocations(60_000, async () => pages.shift() ?? [], {
      pageSize: 1,
      overdueAtOnce: 5,
      overdueMax: 10,
    });
    await expect(reading).rejects.toThrow(StandbyServer);
  });

  it('reads all overdue revocations up to a limit, and reports the first page of them', async () => {
    const overdue = (id: string) => ({ ...ended(id, 3), overdue: true });
    const pages = [
      [NOW, overdue('a'), overdue('b')],
      [overdue('c'), overdue('d')],
      [overdue('e'), overdue('f')],
    ];
    const asked: unknown[][] = [];
    const { sessions, overdue: first } = await readRecentRevocations(
      60_000,
      async (_, parameters) => {
        asked.push(parameters);
        return pages[asked.length - 1] ?? [];
      },
      { pageSize: 5, overdueAtOnce: 2, overdueMax: 4 },
    );
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual(['a', 'b', 'c', 'd']);
    expect(first.sessions.map(({ sessionId }) => sessionId)).toEqual(['a', 'b']);
    expect(asked[1]?.slice(0, 3)).toEqual([2, 3, 'b']);
  });

  it('does without a clock that the store did not send', async () => {
    expect(await readRecentRevocations(60_000, async () => [])).toEqual({
      sessions: [],
      cutOffs: [],
      overdue: { sessions: [], cutOffs: [] },
      now: 0,
      server: '',
    });
  });
});
