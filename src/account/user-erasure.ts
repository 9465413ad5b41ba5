import { randomBytes } from 'node:crypto';
import type { SharedCache } from '@latchkey/revocation/shared-cache';
import type { DataSource, EntityManager } from 'typeorm';
import { v7 as newId } from 'uuid';
import { Device } from '../devices/device.entity.js';
import { SWEEP_BATCH } from '../jobs/sweeper.js';
import type { RevocationOutcome, SessionRevoker } from '../sessions/session-revoker.js';
import { CutOffSweeper } from '../sessions/store/cut-off-sweeper.js';
import { normaliseEmail } from '../users/email-address.js';
import { User } from '../users/user.entity.js';
import type { UsersService } from '../users/users.service.js';
import { RejectedRegistration } from './rejected-registration.entity.js';

const REASON = 'user_deleted';
const OPERATOR = 'operator';

/** Instances learn from rows which sessions have ended. A trigger protects these rows for a day. */
const IS_RECENT = `ended_at > now() - interval '1 day'`;

/** SQL: the next sessions of user $1 that match, and the removal of their history. */
const nextSessions = (condition: string) => `
  WITH next AS (
    SELECT id FROM sessions WHERE user_id = $1 AND status <> 'active' AND ${condition}
    LIMIT ${SWEEP_BATCH} FOR UPDATE),
  history AS (DELETE FROM session_events WHERE session_id IN (SELECT id FROM next))`;

const REMOVE_SESSIONS = `${nextSessions(`NOT ${IS_RECENT}`)}
  DELETE FROM sessions WHERE id IN (SELECT id FROM next) RETURNING id`;

// With a later use than any that an instance has yet to write, which would bring an address back.
const MAKE_ANONYMOUS = `${nextSessions(IS_RECENT)}
  UPDATE sessions SET user_id = $2, device_id = $3, ended_by = '${OPERATOR}', last_seen_at = clock_timestamp(),
    address = NULL, login_address = NULL, rotated_address = NULL, rotated_client = NULL,
    repeat_clients = '{}', clients = '{}', countries = '{}'
  WHERE id IN (SELECT id FROM next) RETURNING id`;

const REMOVE_EVENTS = `
  DELETE FROM security_events WHERE id IN (
    SELECT id FROM security_events WHERE user_id = $1 LIMIT ${SWEEP_BATCH}) RETURNING id`;

/**
 * Deletes a user and everything that names the person. What must stay for a while are the ends of recent sessions: an
 * instance that starts later has to refuse their tokens (P1, P2). They move to an anonymous user, without addresses and
 * clients, and are swept with it.
 */
export class UserErasure {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly revoker: SessionRevoker,
    /** `null` without Redis. */
    private readonly cache: SharedCache | null,
  ) {}

  /** Can be repeated if it was interrupted. @throws {AppError} overloaded */
  async erase(user: User): Promise<RevocationOutcome> {
    const userId = user.id;
    const { outcome } = await this.revoker.inTransaction(async (transaction) => {
      await transaction.manager.update(User, userId, { status: 'disabled' });
      await transaction.revoke({ userId }, REASON, OPERATOR);
    });
    await this.moveSessions(userId);
    await this.inBatches(REMOVE_EVENTS, [userId]);
    await this.dataSource.transaction((manager) => removeUser(manager, user));
    return outcome;
  }

  private async moveSessions(userId: string): Promise<void> {
    // The rows that the cut-off has left open.
    await new CutOffSweeper(this.dataSource).sweep();
    const { anonymousId, deviceId } = await this.addAnonymousUser();
    const forget = async (rows: { id: string }[]) => this.cache?.remove(rows.map(({ id }) => id));
    await this.inBatches(REMOVE_SESSIONS, [userId], forget);
    await this.inBatches(MAKE_ANONYMOUS, [userId, anonymousId, deviceId], forget);
  }

  /** No one can log in as this user, and `RejectedRegistrationSweeper` deletes it. */
  private async addAnonymousUser(): Promise<{ anonymousId: string; deviceId: string }> {
    const [anonymousId, deviceId] = [newId(), newId()];
    const passwordHash = await this.users.hashRandomPassword();
    await this.dataSource.transaction(async (manager) => {
      await manager.insert(User, { id: anonymousId, email: anonymousId, passwordHash, roles: [] });
      await this.users.releaseEmail(manager, anonymousId);
      await manager.insert(Device, {
        id: deviceId,
        userId: anonymousId,
        tokenHash: randomBytes(32),
        name: 'Deleted',
        kind: 'other',
      });
      await manager.insert(RejectedRegistration, { userId: anonymousId });
    });
    return { anonymousId, deviceId };
  }

  /** In small batches, so that no statement takes long. */
  private async inBatches(
    sql: string,
    parameters: readonly unknown[],
    after: (rows: { id: string }[]) => Promise<void> = async () => {},
  ): Promise<void> {
    for (;;) {
      const [rows] = await this.dataSource.query<[{ id: string }[], number]>(sql, [...parameters]);
      if (rows.length === 0) return;
      await after(rows);
    }
  }
}

/** The rest goes with the user's row: devices, links, limits and mails. */
async function removeUser(manager: EntityManager, { id, email }: User): Promise<void> {
  const mailbox = mailboxOf(email);
  // Requested by address: the user is looked up when they are sent.
  const requested = await manager.query<{ id: string; email: string }[]>(
    `SELECT id, facts->>'email' AS email FROM mail_outbox WHERE user_id IS NULL AND facts ? 'email'`,
  );
  const mails = requested.filter((mail) => mailboxOf(mail.email) === mailbox);
  await manager.query('DELETE FROM mail_outbox WHERE id = ANY ($1)', [mails.map((mail) => mail.id)]);
  await manager.delete(User, id);
}

/** An address from before the rules of `normaliseEmail` may break them. */
function mailboxOf(address: string): string {
  try {
    return normaliseEmail(address);
  } catch {
    return address;
  }
}
