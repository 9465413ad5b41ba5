import { Client } from 'pg';
import { HEAVY, LIGHT, type Population } from './population.js';
import { withoutIndexes } from './without-indexes.js';

/**
 * Fills a database with the rows of a service of this size: users with two devices each, half of the sessions active,
 * half ended within the retention period, and one day's worth of both due for the sweeper. Postgres generates the rows.
 *
 * @param url an empty database with the service's schema
 */
export async function loadSessions(
  url: string,
  population: Population,
  say: (line: string) => void = () => {},
): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // Skips triggers and foreign key checks, which would run for every row; the rows made here need neither.
    await client.query('SET session_replication_role = replica; SET synchronous_commit = off');
    await client.query(functions(new Date(Date.now() - 400 * 86_400_000).toISOString()));
    await withoutIndexes(client, async () => {
      for (const [name, statement] of statements(population)) {
        const startedAt = performance.now();
        await client.query(statement);
        say(`${name}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
      }
    });
    const startedAt = performance.now();
    // Also writes the hint bits, which otherwise the first reader of each row has to write.
    await client.query('VACUUM (ANALYZE) users, devices, sessions, session_events');
    await client.query('CHECKPOINT');
    say(`indexes built, tables vacuumed: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  } finally {
    await client.end();
  }
}

/**
 * The n-th id of a kind: a UUIDv7 of the given time, so that ids are spread over the index like those of the service.
 * SQL functions without a table, which Postgres inlines.
 */
const functions = (epoch: string) => `
  CREATE SCHEMA growth;
  CREATE FUNCTION growth.id(kind text, n bigint, at timestamptz) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(kind || n), 1, 3)
            || '8' || substr(md5(kind || n), 4, 15))::uuid $$;
  CREATE FUNCTION growth.user_id(n bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT growth.id('user', n, timestamptz '${epoch}' + n * interval '1 second') $$;
  CREATE FUNCTION growth.device_id(n bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT growth.id('device', n, timestamptz '${epoch}' + n * interval '0.5 seconds') $$;`;

function* statements({ ordinary, users }: Population): Generator<[string, string]> {
  const crowd = HEAVY.users + LIGHT.users;
  yield [
    'users',
    `INSERT INTO users (id, email, password_hash, created_at)
     SELECT growth.user_id(n), 'person' || n || '@example.org', repeat('x', 97), now() - interval '400 days'
     FROM generate_series(1, ${users + crowd}) AS n`,
  ];
  yield [
    'devices',
    `INSERT INTO devices (id, user_id, token_hash, name, kind, browser, system, address, first_seen_at, last_seen_at)
     SELECT growth.device_id(n), growth.user_id((n + 1) / 2), sha256(n::text::bytea), 'Firefox on Android', 'mobile',
            'Firefox 140', 'Android 16', '192.0.2.7', now() - interval '400 days', now() - interval '20 days'
     FROM generate_series(1, ${2 * (users + crowd)}) AS n`,
  ];
  yield ['ended sessions', endedSessions(ordinary / 2, users)];
  yield ['active sessions', activeSessions(ordinary / 2, users)];
  yield ['users with many sessions', crowdedSessions(users)];
  yield [
    'events: opened',
    `INSERT INTO session_events (session_id, at, kind, detail)
     SELECT id, created_at, 'opened', jsonb_build_object('device_id', device_id, 'address', host(address)) FROM sessions`,
  ];
  yield [
    'events: ended',
    `INSERT INTO session_events (session_id, at, kind, detail)
     SELECT id, ended_at, 'ended', jsonb_build_object('status', status, 'reason', ended_reason, 'by', ended_by)
     FROM sessions WHERE status <> 'active'`,
  ];
  yield [
    'events: rotated',
    `INSERT INTO session_events (session_id, at, kind, detail)
     SELECT id, now() - interval '7 days' + (row_number() OVER ()) * interval '7 days' / ${ordinary},
            'rotated', jsonb_build_object('generation', 1, 'address', host(address))
     FROM sessions WHERE status = 'active'`,
  ];
}

// Spreads the sessions of a user over the table. The factor is prime, so that every user gets a session before any
// user gets a second one.
const owner = (users: number) => `(n::bigint * 7919 % ${users}) + 1`;

/** Ended over the last 91 days: those of the oldest day are due for removal. */
const endedSessions = (count: number, users: number) => `
  INSERT INTO sessions (id, user_id, device_id, status, refresh_generation, amr, auth_time, created_at, last_seen_at,
                        address, sweep_at, ended_at, ended_reason, ended_by, enforced_at)
  SELECT growth.id('ended', n, ended_at - interval '20 days'), growth.user_id(u), growth.device_id(2 * u - n % 2),
         CASE n % 2 WHEN 0 THEN 'revoked' ELSE 'expired' END, 3, '{pwd}', ended_at - interval '20 days',
         ended_at - interval '20 days', ended_at - interval '1 hour', '192.0.2.7', ended_at,
         ended_at, CASE n % 2 WHEN 0 THEN 'logout' ELSE 'expired' END, 'latchkey', ended_at
  FROM (SELECT n, ${owner(users)} AS u, now() - interval '91 days' + n * (interval '91 days' / ${count}) - interval '1 hour' AS ended_at
        FROM generate_series(1, ${count}) AS n) AS made`;

/** Last seen within 30 days, except for one in a hundred, which has exceeded the idle lifetime. */
const activeSessions = (count: number, users: number) => `
  INSERT INTO sessions (id, user_id, device_id, amr, auth_time, created_at, last_seen_at, address, sweep_at)
  SELECT growth.id('active', n, created_at), growth.user_id(u), growth.device_id(2 * u - n / ${users} % 2), '{pwd}',
         created_at, created_at, seen_at, '192.0.2.7', seen_at + interval '60 days'
  FROM (SELECT n, ${owner(users)} AS u, now() - interval '100 days' + n * (interval '99 days' / ${count}) AS created_at,
               now() - CASE n % 100 WHEN 0 THEN interval '61 days' ELSE interval '1 day' * (n * 31 % 30) END AS seen_at
        FROM generate_series(1, ${count}) AS n) AS made`;

/** The sessions of the users that have many. */
const crowdedSessions = (users: number) => `
  INSERT INTO sessions (id, user_id, device_id, amr, auth_time, created_at, last_seen_at, address, sweep_at)
  SELECT growth.id('crowd', u::bigint * 1000 + k, now() - k * interval '1 minute'), growth.user_id(u), growth.device_id(2 * u - k % 2),
         '{pwd}', now() - k * interval '1 minute', now() - k * interval '1 minute', now(), '192.0.2.7', now() + interval '60 days'
  FROM (SELECT u, generate_series(1, CASE WHEN u <= ${users + HEAVY.users} THEN ${HEAVY.sessions} ELSE ${LIGHT.sessions} END) AS k
        FROM generate_series(${users + 1}, ${users + HEAVY.users + LIGHT.users}) AS u) AS made`;
