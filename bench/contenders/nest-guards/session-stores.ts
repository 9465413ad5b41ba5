import { createClient } from '@redis/client';
import pg from 'pg';
import type { Claims } from './claims.js';

export interface SessionStore {
  isActive(sessionId: string): Promise<boolean>;
}

/** One GET per request. */
export async function redisSessions(claims: readonly Claims[]): Promise<SessionStore> {
  const client = createClient({ url: process.env.REDIS_URL ?? '' });
  await client.connect();
  const prefix = process.env.REDIS_KEY_PREFIX ?? '';
  await Promise.all(claims.map(({ sid }) => client.set(`${prefix}:${sid}`, 'active')));
  return { isActive: async (sessionId) => (await client.get(`${prefix}:${sessionId}`)) === 'active' };
}

/** One prepared SELECT by primary key per request. */
export async function postgresSessions(claims: readonly Claims[]): Promise<SessionStore> {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
  await pool.query('CREATE TABLE sessions (id uuid PRIMARY KEY, status text NOT NULL)');
  await pool.query(`INSERT INTO sessions SELECT id, 'active' FROM unnest($1::uuid[]) AS it (id)`, [
    claims.map(({ sid }) => sid),
  ]);
  await pool.query('ANALYZE sessions');
  const select = { name: 'session', text: 'SELECT status FROM sessions WHERE id = $1' };
  return {
    isActive: async (sessionId) => {
      const { rows } = await pool.query<{ status: string }>({ ...select, values: [sessionId] });
      return rows[0]?.status === 'active';
    },
  };
}
