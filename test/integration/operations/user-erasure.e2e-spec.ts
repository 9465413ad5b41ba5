import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { Client } from 'pg';
import { newEmail, PASSWORD } from '../../support/api.js';
import { COMMAND, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';
import { type Instances, startInstances } from '../../support/start-instances.js';

const redis = createClient({ url: process.env.TEST_REDIS_URL ?? '' });
let instances: Instances;
let postgres: Client;
let env: Record<string, string>;

beforeAll(async () => {
  const shared = { REDIS_URL: process.env.TEST_REDIS_URL ?? '' };
  // The same prefix of keys for the instances and the command.
  const { REDIS_KEY_PREFIX = '' } = serviceEnv('', shared);
  instances = await startInstances({ ...shared, REDIS_KEY_PREFIX });
  env = serviceEnv(instances.database.url, { ...shared, REDIS_KEY_PREFIX });
  postgres = new Client({ connectionString: instances.database.url });
  await Promise.all([postgres.connect(), redis.connect()]);
}, 180_000);
afterAll(async () => {
  await postgres?.end();
  await redis.disconnect();
  await instances?.stop();
});

const user = (...args: string[]) => runProgram(COMMAND, ['user', ...args], env);

/** The tables that have a text somewhere in a row, whatever the type of the column. */
async function tablesWith(text: string): Promise<string[]> {
  const { rows: tables } = await postgres.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await postgres.query(`SELECT FROM "${name}" t WHERE t::text ILIKE $1 LIMIT 1`, [
      `%${text}%`,
    ]);
    if (rows.length > 0) found.push(name);
  }
  return found;
}

/** The keys of the service in Redis that have a text, in their name or value. */
async function keysWith(text: string): Promise<string[]> {
  const found: string[] = [];
  for await (const key of redis.scanIterator({ MATCH: `${env.REDIS_KEY_PREFIX}*` })) {
    const value = (await redis.type(key)) === 'string' ? await redis.get(key) : '';
    if (`${key} ${value}`.includes(text)) found.push(key);
  }
  return found;
}

/** A user with a history: two devices, a rotation, a failed login, a logout long ago, and mails that wait. */
async function userWithHistory() {
  const [one, other] = [instances.services[0].api, instances.services[1].api];
  const first = await one.newcomer();
  const { email } = first;
  const second = await other.session(email);
  await one.refresh(first.refresh_token);
  await one.login(email, { password: 'not the password' });
  const old = await one.session(email);
  await one.logout(old.access_token);
  const { rows } = await postgres.query('SELECT id FROM users WHERE email = $1', [email]);
  const id: string = rows[0].id;
  await postgres.query('BEGIN; ALTER TABLE sessions DISABLE TRIGGER USER');
  await postgres.query(`UPDATE sessions SET ended_at = now() - interval '3 days' WHERE id = $1`, [
    old.session_id,
  ]);
  await postgres.query('ALTER TABLE sessions ENABLE TRIGGER USER; COMMIT');
  await postgres.query(
    `INSERT INTO mail_outbox (id, kind, user_id, facts, expires_at, next_attempt_at, is_requested, share, merge_key)
     VALUES (gen_random_uuid(), 'password_to_reset', NULL, $1, now() + interval '1 h', now() + interval '1 h', true, 'x', $2),
            (gen_random_uuid(), 'email_to_confirm', $3, '{}', now() + interval '1 h', now() + interval '1 h', true, 'x', gen_random_uuid())`,
    [{ email: email.toUpperCase() }, email.toUpperCase(), id],
  );
  for (const { access_token } of [first, second]) {
    expect((await one.me(access_token)).status).toBe(200);
    expect((await other.me(access_token)).status).toBe(200);
  }
  return { id, email, first, second, old };
}

describe('latchkey user delete', () => {
  it('ends every session on all instances, and leaves nothing that names the person', async () => {
    const { id, email, first, second, old } = await userWithHistory();
    for (const text of [email, id]) {
      expect(await tablesWith(text)).toContain('mail_outbox');
      expect(await keysWith(text)).not.toEqual([]);
    }

    expect(await user('delete', email, '--yes')).toEqual({
      code: 0,
      stdout: `deleted ${id}\nconfirmed by every running instance\n`,
      stderr: '',
    });

    // One that starts now has only Postgres and Redis to learn from.
    const newcomer = await ServiceProcess.start(env);
    try {
      for (const { api } of [...instances.services, newcomer]) {
        for (const tokens of [first, second]) {
          const refused = await api.me(tokens.access_token);
          expect(refused.status).toBe(401);
          expect(refused.body).toMatchObject({ code: 'session_revoked', reason: 'user_deleted' });
          expect((await api.refresh(tokens.refresh_token)).status).toBe(401);
        }
      }
    } finally {
      await newcomer.stop();
    }
    for (const text of [email, id, first.device_id, second.device_id, old.session_id]) {
      expect({ text, tables: await tablesWith(text), keys: await keysWith(text) }).toEqual({
        text,
        tables: [],
        keys: [],
      });
    }
    const [{ api }] = instances.services;
    expect((await api.login(email)).status).toBe(401);
    expect((await api.register(email)).status).toBe(201);
    expect((await api.login(email)).status).toBe(200);
  });

  it('closes more sessions than a revocation does at once', async () => {
    const [{ api }] = instances.services;
    const { email, session_id, access_token } = await api.newcomer();
    await postgres.query(
      `INSERT INTO sessions (id, user_id, device_id, amr, sweep_at)
       SELECT gen_random_uuid(), user_id, device_id, amr, sweep_at FROM sessions, generate_series(1, 1200) WHERE id = $1`,
      [session_id],
    );
    expect(await user('delete', email, '--yes')).toMatchObject({ code: 0, stderr: '' });
    expect((await api.me(access_token)).status).toBe(401);
    const { rows } = await postgres.query(
      `SELECT status, count(*)::integer FROM sessions WHERE ended_reason = 'user_deleted' AND id <> ALL ($1)
       AND device_id = (SELECT device_id FROM sessions WHERE id = $2) GROUP BY status`,
      [[], session_id],
    );
    expect(rows).toEqual([{ status: 'revoked', count: 1201 }]);
  });

  it('deletes a user whose address is older than the rules for addresses', async () => {
    const [{ api }] = instances.services;
    const { email } = await api.newcomer();
    const { rows } = await postgres.query(
      `UPDATE users SET email = 'ada@exa mple.org' WHERE email = $1 RETURNING id`,
      [email],
    );
    expect(await user('delete', rows[0].id, '--yes')).toMatchObject({ code: 0, stderr: '' });
    expect(await tablesWith('ada@exa mple.org')).toEqual([]);
  });

  it('asks first, and refuses without a terminal to ask on', async () => {
    const [{ api }] = instances.services;
    const { email, access_token } = await api.newcomer();
    expect(await user('delete', email)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'latchkey: without a terminal, confirm with --yes\n',
    });
    expect((await api.me(access_token)).status).toBe(200);
  });

  it('refuses a user that does not exist', async () => {
    const { code, stderr } = await user('delete', newEmail(), '--yes');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^latchkey: there is no user /);
  });
});

describe('latchkey user export', () => {
  it('writes everything about a user, and no secrets', async () => {
    const [{ api }] = instances.services;
    const { email, session_id, device_id, device_token } = await api.newcomer();
    const { code, stdout, stderr } = await user('export', email);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const exported = JSON.parse(stdout);
    expect(exported).toMatchObject({
      users: [{ email }],
      devices: [{ id: device_id }],
      sessions: [{ id: session_id, device_id }],
      session_events: [{ session_id, kind: 'opened' }],
    });
    for (const secret of ['password_hash', 'token_hash', 'argon2', PASSWORD, device_token]) {
      expect(stdout).not.toContain(secret);
    }
  });

  it('writes a file that only its owner can read, and never over another one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-export-'));
    const output = join(folder, 'ada.json');
    try {
      const { email } = await instances.services[0].api.newcomer();
      const written = await user('export', email, '--output', output);
      expect(written).toEqual({ code: 0, stdout: '', stderr: `latchkey: wrote ${output}\n` });
      expect((await stat(output)).mode & 0o777).toBe(0o600);
      expect(JSON.parse(await readFile(output, 'utf8'))).toMatchObject({ users: [{ email }] });

      const again = await user('export', email, '--output', output);
      expect(again.code).toBe(1);
      expect(again.stderr).toMatch(/^latchkey: EEXIST: file already exists/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('prints when the output is -', async () => {
    const { email } = await instances.services[0].api.newcomer();
    const { stdout } = await user('export', email, '--output', '-');
    expect(JSON.parse(stdout)).toMatchObject({ users: [{ email }] });
  });

  it('covers every table that refers to a user, except one that repeats why sessions have ended', async () => {
    const { rows } = await postgres.query<{ name: string }>(
      `SELECT DISTINCT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name = 'user_id' ORDER BY 1`,
    );
    const { stdout } = await user('export', (await instances.services[0].api.newcomer()).email);
    const missing = rows.map(({ name }) => name).filter((name) => !(name in JSON.parse(stdout)));
    expect(missing).toEqual(['session_cut_offs']);
  });
});

describe('the ends of sessions that stay for a while', () => {
  it('have no address or client, even after instances have written what they had in memory', async () => {
    await Promise.all(instances.services.map((service) => service.stop()));
    const { rows } = await postgres.query(
      `SELECT DISTINCT ended_by, address, login_address, rotated_address, rotated_client, clients
       FROM sessions WHERE ended_reason = 'user_deleted'`,
    );
    const addresses = { address: null, login_address: null, rotated_address: null };
    expect(rows).toEqual([{ ended_by: 'operator', ...addresses, rotated_client: null, clients: [] }]);
  });
});
