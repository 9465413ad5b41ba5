import { StandbyServer } from '../../database/standby-server.js';
import { type Query, readRecentRevocations } from './recent-revocations.js';
import type { Row } from './recent-revocations.sql.js';

const SIZES = { pageSize: 3, overdueAtOnce: 5 };
const row = (fields: Partial<Row>): Row => ({
  kind: 'session',
  id: 'a',
  reason: 'logout',
  roles_version: 0,
  session_epoch: 0,
  at: 4,
  position: '4',
  is_overdue: false,
  ...fields,
});
const server = (reason: string, snapshot: string) =>
  row({ kind: 'server', reason, at: 9, position: snapshot });
const ended = (id: string, position: number) => row({ id, position: String(position) });

describe('readRecentRevocations', () => {
  let asked: { sql: string; parameters: unknown[] }[];
  let pages: Row[][];

  beforeEach(() => {
    asked = [];
  });

  const query: Query = async (sql, parameters) => {
    asked.push({ sql, parameters });
    return pages.shift() ?? [];
  };
  const read = (from: object | null) => readRecentRevocations(60_000, from, query, SIZES);
  const lastParameters = () => asked.at(-1)?.parameters;

  it('continues after the greatest id of the last position, in whatever order a page arrives', async () => {
    pages = [
      [server('one', '7:7:'), ended('c', 10), ended('b', 10), ended('a', 9)],
      [server('one', '8:8:'), ended('d', 10)],
    ];
    const first = await read(null);
    expect([first.now, first.sessions.length]).toEqual([9, 3]);
    const second = await read(first.next);
    expect(lastParameters()?.slice(1, 3)).toEqual(['10', 'c']);
    expect(second.next).toBeNull();
  });

  it('covers what the snapshot of its first page sees, whatever later pages see', async () => {
    pages = [
      [server('one', '7:9:7'), ended('a', 1), ended('b', 2), ended('c', 3)],
      [server('one', '12:12:')],
      [server('one', '14:14:'), ended('a', 7), ended('b', 7), ended('c', 10)],
      [server('one', '20:20:')],
      [server('one', '20:20:')],
    ];
    const byTime = await read(null);
    const { end } = await read(byTime.next);
    const byCommit = await read(end);
    const ranges = () => lastParameters()?.slice(5, 7);
    expect(ranges()).toEqual([
      ['7', '9'],
      ['8', null],
    ]);
    const last = await read(byCommit.next);
    expect(ranges()).toEqual([
      ['7', '9'],
      ['8', '14'],
    ]);
    await read(last.end);
    expect(ranges()).toEqual([['14'], [null]]);
  });

  it('reads the whole window again when another server answers', async () => {
    pages = [[server('one', '7:7:')], [server('two', '5:5:')], [server('two', '5:5:'), ended('a', 1)]];
    const { end } = await read(null);
    const { sessions, server: name } = await read(end);
    expect([sessions.map(({ sessionId }) => sessionId), name]).toEqual([['a'], 'two']);
    expect(asked[2]).toEqual(asked[0]);
  });

  it('reports what is overdue with the first page only', async () => {
    pages = [
      [
        server('one', '7:7:'),
        ended('a', 1),
        ended('b', 1),
        ended('c', 1),
        row({ id: 'o', is_overdue: true }),
      ],
      [server('one', '7:7:')],
    ];
    const first = await read(null);
    expect(first.overdue.sessions.map(({ sessionId }) => sessionId)).toEqual(['o']);
    expect(first.sessions).toHaveLength(3);
    await read(first.next);
    expect(asked.map(({ parameters }) => parameters.length)).toEqual([7, 6]);
  });

  it('refuses a page that came from a standby, also a later one', async () => {
    pages = [
      [server('one', '7:7:'), ended('a', 1), ended('b', 1), ended('c', 1)],
      [row({ kind: 'standby' }), ended('b', 5)],
    ];
    const { next } = await read(null);
    await expect(read(next)).rejects.toThrow(StandbyServer);
  });
});
