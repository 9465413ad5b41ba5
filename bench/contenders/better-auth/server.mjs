// better-auth on Node's HTTP server, set up as in its documentation. BENCH_STORAGE: postgres, redis or cookie.
import { createHmac, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import pg from 'pg';
import { createClient } from 'redis';
import { inBatches } from '../in-batches.mjs';

const { BENCH_COOKIE_SECONDS, BENCH_CREDENTIALS, BENCH_SESSIONS, BENCH_STORAGE } = process.env;
const { DATABASE_URL, HOST, PORT, REDIS_KEY_PREFIX, REDIS_URL } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
// Without an error listener, losing the connection would end this process.
pool.on('error', () => {});
const options = {
  baseURL: 'http://127.0.0.1',
  secret: randomUUID() + randomUUID(),
  database: pool,
  emailAndPassword: { enabled: true },
  // Enabled in production by default; it would answer 429.
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  session:
    BENCH_STORAGE === 'cookie'
      ? { cookieCache: { enabled: true, maxAge: Number(BENCH_COOKIE_SECONDS ?? 3_600) } }
      : {},
  ...(BENCH_STORAGE === 'postgres' ? {} : { secondaryStorage: await redisStorage() }),
};
const auth = betterAuth(options);
await (await getMigrations(options)).runMigrations();

const server = createServer(toNodeHandler(auth));
await new Promise((resolve) => server.listen(Number(PORT), HOST, resolve));
const url = `http://${HOST}:${server.address().port}`;
const cookies = await openSessions(Number(BENCH_SESSIONS));
writeFileSync(BENCH_CREDENTIALS, `${cookies.join('\n')}\n`);
console.log(`listening on ${url}`);

async function redisStorage() {
  const client = createClient({ url: REDIS_URL });
  client.on('error', () => {});
  await client.connect();
  const key = (name) => `${REDIS_KEY_PREFIX}:${name}`;
  return {
    get: (name) => client.get(key(name)),
    set: (name, value, ttl) => client.set(key(name), value, ttl ? { EX: ttl } : {}),
    delete: async (name) => {
      await client.del(key(name));
    },
  };
}

/** Inserts users with one statement and has better-auth create their sessions. @returns the cookies that a login would set */
async function openSessions(count) {
  const users = Array.from({ length: count }, () => randomUUID());
  await pool.query(
    `INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
     SELECT id, 'Ada', id || '@example.com', false, now(), now() FROM unnest($1::text[]) AS it (id)`,
    [users],
  );
  await pool.query('ANALYZE');
  const context = await auth.$context;
  return inBatches(count, 16, async () => {
    const session = await context.internalAdapter.createSession(users.pop());
    const signature = createHmac('sha256', context.secret).update(session.token).digest('base64');
    const { name } = context.authCookies.sessionToken;
    const cookie = `${name}=${encodeURIComponent(`${session.token}.${signature}`)}`;
    return BENCH_STORAGE === 'cookie' ? withCache(cookie) : cookie;
  });
}

/** @returns the cookie together with the cache cookie that the first response sets; later requests are answered from it */
async function withCache(cookie) {
  const answer = await fetch(`${url}/api/auth/get-session`, { headers: { cookie } });
  await answer.arrayBuffer();
  const cached = answer.headers.getSetCookie().map((it) => it.split(';', 1)[0]);
  const data = cached.find((it) => it.includes('session_data'));
  if (!data) throw new Error(`no cache cookie was set, only ${cached.join(', ')}`);
  return `${cookie}; ${data}`;
}
