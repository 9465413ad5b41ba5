import { Client } from 'pg';
import { v7 as newId } from 'uuid';
import { runMigrations } from '../../../src/database/migrations.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

describe('tables in a schema that is not in the search path', () => {
  let database: TestDatabase;
  let postgres: Client;
  let sessionId: string;
  let userId: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    postgres = new Client({ connectionString: database.url });
    await postgres.connect();
    await postgres.query('DROP SCHEMA public CASCADE; CREATE SCHEMA "Auth"');
    await runMigrations(`${database.url}?options=-csearch_path%3D%22Auth%22`);
    // As pg_restore has it.
    await postgres.query(`SET search_path = ''`);
  });
  afterAll(async () => {
    await postgres?.end();
    await database?.drop();
  });

  beforeEach(async () => {
    userId = newId();
    await postgres.query(`INSERT INTO "Auth".users (id, email, password_hash) VALUES ($1, $2, '')`, [
      userId,
      `${userId}@example.org`,
    ]);
    await postgres.query('UPDATE "Auth".users SET session_epoch = 3 WHERE id = $1', [userId]);
    sessionId = await openSession();
  });

  async function openSession(): Promise<string> {
    const [deviceId, id] = [newId(), newId()];
    await postgres.query(
      `INSERT INTO "Auth".devices (id, user_id, token_hash, name, kind) VALUES ($1, $2, uuid_send(gen_random_uuid()), 'a device', 'other')`,
      [deviceId, userId],
    );
    await postgres.query(
      `INSERT INTO "Auth".sessions (id, user_id, device_id, amr, sweep_at) VALUES ($1, $2, $3, '{pwd}', now())`,
      [id, userId, deviceId],
    );
    return id;
  }

  const update = (set: string) =>
    postgres.query(`UPDATE "Auth".sessions SET ${set} WHERE id = $1 RETURNING *`, [sessionId]);
  const events = async () =>
    (
      await postgres.query('SELECT kind FROM "Auth".session_events WHERE session_id = $1 ORDER BY id', [
        sessionId,
      ])
    ).rows.map(({ kind }) => kind);

  it('record the opening, the rotation and the revocation of a session', async () => {
    await update('refresh_generation = 1');
    await update(`status = 'revoked'`);
    expect(await events()).toEqual(['opened', 'rotated', 'ended']);
  });

  it('give a session the epoch of its user, and keep one that is over from being exempted', async () => {
    expect((await update('epoch = 4')).rows[0].epoch).toBe(4);
    await postgres.query('UPDATE "Auth".users SET session_epoch = 5 WHERE id = $1', [userId]);
    await expect(update('epoch = 5')).rejects.toThrow('is over and stays over');
  });

  it('are not hidden by temporary tables of the same name', async () => {
    await postgres.query('CREATE TEMP TABLE users AS SELECT id, 9 AS session_epoch FROM "Auth".users');
    try {
      sessionId = await openSession();
      expect((await update('refresh_generation = 1')).rows[0].epoch).toBe(3);
    } finally {
      await postgres.query('DROP TABLE pg_temp.users');
    }
  });
});
