import { RefreshTokens } from '../../src/sessions/refresh/refresh-token.js';
import { query } from '../servers/query.js';
import type { HttpClient } from './http-client.js';
import { SECRET } from './service.js';

const refreshTokens = new RefreshTokens(Buffer.from(SECRET));

/** The first refresh token of a session, as issued by the service. */
export function firstRefreshToken(sessionId: string): string {
  return refreshTokens.issue({ sessionId, generation: 0 });
}

/** SQL for the id of the n-th seeded session, so that pgbench can compute it as well. */
export const sessionIdSql = (n: string) =>
  `('00000000-0000-7000-8000-' || lpad(to_hex((${n})::bigint), 12, '0'))::uuid`;

/** Inserts sessions directly into the database, each with its own user and device. @returns the session ids */
export async function seedSessions(url: string, count: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    url,
    `WITH u AS (
       INSERT INTO users (id, email, password_hash)
       SELECT ${sessionIdSql('n')}, n || '@example.org', 'none' FROM generate_series(1, $1::integer) AS n RETURNING id),
     d AS (
       INSERT INTO devices (id, user_id, token_hash, name, kind, browser, system)
       SELECT id, id, sha256(id::text::bytea), 'Firefox on Android', 'mobile', 'Firefox 140', 'Android 16' FROM u
       RETURNING id)
     INSERT INTO sessions (id, user_id, device_id, amr, sweep_at)
     SELECT id, id, id, '{pwd}', now() + interval '60 days' FROM d RETURNING id`,
    [count],
  );
  await query(url, 'VACUUM (ANALYZE) users, devices, sessions, session_events');
  return rows.map(({ id }) => id);
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** Gets access tokens for the sessions by refreshing each one: the only endpoint that needs no password. */
export async function accessTokens(client: HttpClient, sessionIds: readonly string[]): Promise<string[]> {
  const tokens: string[] = [];
  for (let at = 0; at < sessionIds.length; at += 16) {
    const replies = await Promise.all(
      sessionIds
        .slice(at, at + 16)
        .map((id) =>
          client.expect(200, 'POST', '/auth/refresh', { body: { refresh_token: firstRefreshToken(id) } }),
        ),
    );
    for (const { text } of replies) tokens.push((JSON.parse(text) as Tokens).access_token);
  }
  return tokens;
}
