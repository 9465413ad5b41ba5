import type { EndedSession, Revocations } from '@latchkey/revocation/session-store';
import type { DataSource, EntityManager } from 'typeorm';
import type { FairQueue } from '../shares/fair-queue.js';
import { SERVICE_SHARE, shareOf } from '../shares/share.js';
import type { RevocationReason } from './revocation-reason.js';
import {
  type SessionSelection,
  type SurplusSelection,
  selectionSql,
  surplusSql,
} from './session-selection.js';

/** Whether a revocation holds on every instance, or is committed but could not be confirmed everywhere in time. */
export type RevocationOutcome = 'enforced' | 'pending';

/** What happens after the commit. The running service and the command line differ in it. */
export interface CommitEffects {
  /** @returns whether no instance grants these sessions any longer */
  enforce(revocations: Revocations): Promise<boolean>;
  /** Drops what caches hold about sessions that have changed. */
  invalidate(sessionIds: readonly string[]): Promise<void>;
  /** Tells open pages of a user's account to read it again. Neither waits nor fails. */
  announce(userId: string): void;
}

export interface Committed<T> {
  readonly result: T;
  readonly outcome: RevocationOutcome;
}

/**
 * The one owner of revoking: sessions are revoked here and nowhere else, and every revocation is enforced as soon as it
 * is committed. A caller that writes more in the same transaction gets one that can revoke, and cannot commit without enforcing.
 */
export class SessionRevoker {
  constructor(
    private readonly dataSource: DataSource,
    private readonly effects: CommitEffects,
    private readonly turns: FairQueue,
  ) {}

  /**
   * Revokes sessions and waits until that holds on every instance. Idempotent: for a session that is revoked already
   * it waits for the confirmation that may still be missing.
   *
   * @param actor `user:<id>`, `operator` or `latchkey`
   * @throws {AppError} overloaded
   */
  async revoke(
    selection: SessionSelection,
    reason: RevocationReason,
    actor: string,
  ): Promise<RevocationOutcome> {
    // Without a transaction: one statement revokes, and a crash after it leaves nothing half done.
    const transaction = new RevokingTransaction(this.dataSource.manager);
    const share = selection.userId === undefined ? SERVICE_SHARE : shareOf(selection.userId);
    await this.turns.run(share, () => transaction.revoke(selection, reason, actor));
    return this.complete(transaction);
  }

  /**
   * Runs the caller's writes in a transaction. After the commit it announces what changed, drops it from the caches, and
   * waits until the revoked sessions are refused on every instance.
   *
   * @param share whose turn the transaction uses; transactions of one account run one at a time
   * @throws {AppError} overloaded, or whatever `work` throws; then nothing is written and nothing takes effect
   */
  async inTransaction<T>(
    work: (transaction: RevokingTransaction) => Promise<T>,
    share = SERVICE_SHARE,
  ): Promise<Committed<T>> {
    const { result, transaction } = await this.turns.run(share, () =>
      this.dataSource.transaction(async (manager) => {
        const transaction = new RevokingTransaction(manager);
        return { result: await work(transaction), transaction };
      }),
    );
    return { result, outcome: await this.complete(transaction) };
  }

  private async complete({ changes }: RevokingTransaction): Promise<RevocationOutcome> {
    for (const userId of changes.users) this.effects.announce(userId);
    const [isEnforced] = await Promise.all([
      changes.ended.size === 0 ||
        this.effects.enforce({ sessions: [...changes.ended.values()], cutOffs: [] }),
      changes.sessions.size > 0 && this.effects.invalidate([...changes.sessions]),
    ]);
    return isEnforced ? 'enforced' : 'pending';
  }
}

/** Exported only as a type, so that all instances come from `SessionRevoker`, which enforces what they revoke. */
class RevokingTransaction {
  /** What takes effect after the commit. */
  readonly changes = {
    users: new Set<string>(),
    sessions: new Set<string>(),
    ended: new Map<string, EndedSession>(),
  };

  constructor(readonly manager: EntityManager) {}

  /**
   * @param actor `user:<id>`, `operator` or `latchkey`
   * @returns how many sessions this call has revoked
   */
  async revoke(selection: SessionSelection, reason: RevocationReason, actor: string): Promise<number> {
    const { where, parameters } = selectionSql(selection);
    const [, count] = await this.manager.query<[unknown[], number]>(
      `UPDATE sessions SET ${REVOKED} WHERE status = 'active' AND ${where(3)}`,
      [reason, actor, ...parameters],
    );
    // A separate statement: it also sees sessions that another transaction ended while the first one waited for a row.
    this.addEnded(
      await this.manager.query<EndedSession[]>(
        `SELECT ${ENDED_SESSION} FROM sessions WHERE status <> 'active' AND enforced_at IS NULL AND ${where(1)}`,
        parameters,
      ),
    );
    if (selection.userId !== undefined) this.announce(selection.userId);
    return count;
  }

  /** Revokes the sessions for which the policy has no room beside one that was just opened. */
  async revokeSurplus(surplus: SurplusSelection, reason: RevocationReason): Promise<void> {
    const { where, parameters } = surplusSql(surplus);
    const [ended] = await this.manager.query<[EndedSession[], number]>(
      `UPDATE sessions SET ${REVOKED} WHERE status = 'active' AND ${where(3)} RETURNING ${ENDED_SESSION}`,
      [reason, 'latchkey', ...parameters],
    );
    this.addEnded(ended);
  }

  /** Notes that what caches hold about these sessions is out of date. */
  invalidate(sessionIds: readonly string[]): void {
    for (const sessionId of sessionIds) this.changes.sessions.add(sessionId);
  }

  /** Notes that open pages of a user's account are out of date. */
  announce(userId: string): void {
    this.changes.users.add(userId);
  }

  private addEnded(sessions: readonly EndedSession[]): void {
    for (const session of sessions) this.changes.ended.set(session.sessionId, session);
  }
}

export type { RevokingTransaction };

const REVOKED = `status = 'revoked', ended_reason = $1, ended_by = $2`;

const ENDED_SESSION = `id AS "sessionId", ended_reason AS reason, (extract(epoch FROM ended_at) * 1000)::float8 AS "endedAt"`;
