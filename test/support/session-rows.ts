import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** Writes rows as the service would, for tests of code that reads them. */
export class SessionRows {
  constructor(readonly dataSource: DataSource) {}

  async user(): Promise<string> {
    const id = randomUUID();
    await this.dataSource.query(`INSERT INTO users (id, email, password_hash) VALUES ($1, $2, 'none')`, [
      id,
      `${id}@example.com`,
    ]);
    return id;
  }

  async device(userId: string, name = 'Phone'): Promise<string> {
    const id = randomUUID();
    await this.dataSource.query(
      `INSERT INTO devices (id, user_id, token_hash, name, kind, browser, system)
       VALUES ($1, $2, $3, $4, 'mobile', 'Firefox 140', 'Android 16')`,
      [id, userId, Buffer.from(id), name],
    );
    return id;
  }

  /** Creates an active session, with a new user and device unless they are given. */
  async session(of: { userId?: string; deviceId?: string } = {}): Promise<string> {
    const userId = of.userId ?? (await this.user());
    const deviceId = of.deviceId ?? (await this.device(userId));
    const [id] = await this.sessions(1, userId, deviceId);
    return id ?? '';
  }

  /** Creates many active sessions of one device. */
  async sessions(count: number, userId: string, deviceId: string): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await this.dataSource.query(
      `INSERT INTO sessions (id, user_id, device_id, amr, sweep_at)
       SELECT id, $2, $3, '{pwd}', now() + interval '60 days' FROM unnest($1::uuid[]) AS new (id)`,
      [ids, userId, deviceId],
    );
    return ids;
  }

  async end(ids: readonly string[], reason = 'logout', status = 'revoked'): Promise<void> {
    await this.dataSource.query(
      `UPDATE sessions SET status = $2, ended_reason = $3, ended_by = 'operator' WHERE id = ANY ($1)`,
      [ids, status, reason],
    );
  }

  /** Ends all sessions of a user, except for some, and leaves their rows open. */
  async cutOff(userId: string, exempted: readonly string[] = []): Promise<void> {
    await this.dataSource.query('UPDATE sessions SET epoch = epoch + 1 WHERE id = ANY ($1)', [exempted]);
    await this.dataSource.query(
      `WITH cut_off AS (UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1 RETURNING id, session_epoch)
       INSERT INTO session_cut_offs (user_id, epoch, reason, ended_by)
       SELECT id, session_epoch, 'terminated', 'operator' FROM cut_off`,
      [userId],
    );
  }

  /** Moves the end times of sessions into the past, bypassing the trigger that protects them. */
  async backdateEnd(ids: readonly string[], interval: string): Promise<void> {
    await this.pastTriggers(`UPDATE sessions SET ended_at = ended_at - $2::interval WHERE id = ANY ($1)`, [
      ids,
      interval,
    ]);
  }

  async pastTriggers(sql: string, parameters: unknown[]): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query('ALTER TABLE sessions DISABLE TRIGGER USER');
      await manager.query(sql, parameters);
      await manager.query('ALTER TABLE sessions ENABLE TRIGGER USER');
    });
  }

  async row(id: string): Promise<Record<string, unknown> | undefined> {
    const [row] = await this.dataSource.query<Record<string, unknown>[]>(
      'SELECT * FROM sessions WHERE id = $1',
      [id],
    );
    return row;
  }
}
