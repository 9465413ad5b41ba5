import { DataSource } from 'typeorm';
import { readEnvironment } from '../../src/config/environment.js';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { SessionSweeper } from '../../src/sessions/store/session-sweeper.js';
import type { Bench } from '../bench-context.js';
import { query } from '../servers/query.js';
import { HttpClient } from '../service/http-client.js';
import { firstRefreshToken, type Tokens } from '../service/seed-sessions.js';
import { serviceEnv, startService } from '../service/service.js';
import { HEAVY, LIGHT } from './population.js';

/** Not counted, at the beginning of each operation. */
const WARM_UP_REQUESTS = 50;

/** Milliseconds by operation: of each request, or per 100 rows of each statement of the sweeper. */
export type Durations = Readonly<Record<string, readonly number[]>>;

/**
 * Sends the requests that users make, one after another, to a service whose memory cache holds one session and which
 * has no Redis.
 */
export async function measureOperations(
  bench: Pick<Bench, 'cores'>,
  url: string,
  samples: number,
): Promise<Durations> {
  const server = await startService(bench, url, { SESSION_CACHE_SIZE: '1' });
  const client = new HttpClient(server.url, 1);
  try {
    const ids = await activeSessionIds(url, samples + WARM_UP_REQUESTS);
    const refreshed = await timed(ids, async (id) => {
      const reply = await client.expect(200, 'POST', '/auth/refresh', {
        body: { refresh_token: firstRefreshToken(id) },
      });
      return { ms: reply.ms, token: (JSON.parse(reply.text) as Tokens).access_token };
    });
    const tokens = refreshed.map(({ token }) => token);
    const get = (path: string) => (token: string) => client.expect(200, 'GET', path, { token });
    const checked = await timed(tokens, get('/auth/me'));
    const few = await timed(await tokensOf(client, url, LIGHT.sessions, samples), get('/devices'));
    const many = await timed(await tokensOf(client, url, HEAVY.sessions, samples / 4), get('/devices'));
    const revoked = await timed(tokens, (token) => client.expect(204, 'POST', '/auth/logout', { token }));
    const ms = (replies: readonly { ms: number }[]) => replies.slice(WARM_UP_REQUESTS).map((it) => it.ms);
    return {
      'session check, not cached': ms(checked),
      refresh: ms(refreshed),
      [`device list of a user with ${LIGHT.sessions} sessions`]: ms(few),
      [`device list of a user with ${HEAVY.sessions} sessions`]: ms(many),
      logout: ms(revoked),
    };
  } finally {
    client.close();
    await server.stop();
  }
}

/** Expires and removes one day's worth of due rows. @returns milliseconds per 100 rows, of each statement (a batch) */
export async function measureSweep(url: string): Promise<readonly number[]> {
  const dataSource = await new DataSource(dataSourceOptions(url, 2)).initialize();
  const times: number[] = [];
  const query = dataSource.query.bind(dataSource) as (...args: unknown[]) => Promise<unknown>;
  Object.assign(dataSource, {
    query: async (...args: unknown[]) => {
      const startedAt = performance.now();
      const answer = await query(...args);
      const [, affected] = answer as [unknown[], number];
      if (affected > 0) times.push(((performance.now() - startedAt) / affected) * 100);
      return answer;
    },
  });
  try {
    const environment = readEnvironment(serviceEnv(url), () => Buffer.alloc(32));
    await new SessionSweeper(dataSource, {
      ...environment,
      database: { ...environment.database, url },
    }).sweep();
    // The service that answered the requests before also sweeps, once a minute.
    if (times.length === 0)
      throw new Error('nothing left to sweep: the measurements before took over a minute');
    return times;
  } finally {
    await dataSource.destroy();
  }
}

async function timed<T, R extends { ms: number }>(
  items: readonly T[],
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const done: R[] = [];
  for (const item of items) done.push(await act(item));
  return done;
}

/** @returns active sessions from all over the table, so that they are not just the rows that were written last */
async function activeSessionIds(url: string, count: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    url,
    `SELECT s.id
     FROM (SELECT growth.id('any', n, now() - interval '100 days' * random()) AS start
           FROM generate_series(1, $1::integer * 4) AS n) AS points
     CROSS JOIN LATERAL (
       SELECT id FROM sessions
       WHERE id >= points.start AND status = 'active'
         AND sweep_at > now() + interval '1 day' AND refresh_generation = 0
       ORDER BY id LIMIT 1) AS s
     GROUP BY s.id ORDER BY random() LIMIT $1`,
    [count],
  );
  return rows.map(({ id }) => id);
}

/** One token for each user that has about that many sessions, repeated until there are `count` of them. */
async function tokensOf(client: HttpClient, url: string, sessions: number, count: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    url,
    `SELECT min(id::text) AS id FROM sessions WHERE status = 'active' AND refresh_generation = 0
       AND user_id IN (SELECT id FROM users ORDER BY id DESC LIMIT $2) GROUP BY user_id HAVING count(*) > $1 * 0.5 AND count(*) <= $1`,
    [sessions, HEAVY.users + LIGHT.users],
  );
  const tokens: string[] = [];
  for (const { id } of rows) {
    const reply = await client.expect(200, 'POST', '/auth/refresh', {
      body: { refresh_token: firstRefreshToken(id) },
    });
    tokens.push((JSON.parse(reply.text) as Tokens).access_token);
  }
  return Array.from(
    { length: Math.ceil(count) + WARM_UP_REQUESTS },
    (_, at) => tokens[at % tokens.length] as string,
  );
}
