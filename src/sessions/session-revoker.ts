import type { CutOff, EndedSession, Revocations } from '@latchkey/revocation/session-store';
import type { DataSource, EntityManager } from 'typeorm';
import type { FairQueue } from '../shares/fair-queue.js';
import { SERVICE_SHARE, shareOf } from '../shares/share.js';
import { inChildSpan } from '../telemetry/tracing.js';
import { lockAccount } from './lock-account.js';
import type { Ending, RevocationReason } from './revocation-reason.js';
import { cutOffSessions, explainCutOff } from './session-cut-off.js';
import {
  liveSessionsOf,
  type SessionSelection,
  type Split,
  type SurplusSelection,
  splitSelection,
  surplusQuery,
} from './session-selection.js';

/** Whether a revocation holds on every instance, or is committed but could not be confirmed everywhere in time. */
export type RevocationOutcome = 'enforced' | 'pending';

/** What happens after the commit. The running service and the command line differ in it. */
export interface CommitEffects {
  /** @returns whether no instance grants these sessions any longer */
  enforce(revocations: Revocations): Promise<boolean>;
  /** Closes, later, the rows of sessions that a cut-off has ended. Neither waits nor fails. */
  closeCutOffSessions(): void;
  /** Drops what caches hold about sessions that have changed. */
  invalidate(sessionIds: readonly string[]): Promise<void>;
  /** Tells open pages of a user's account to read it again. Neither waits nor fails. */
  announce(userId: string): void;
  /** Records what was revoked in the audit log. Neither waits nor fails. */
  audit(revoked: RevokedSessions): void;
}

/** What one call has revoked. */
export interface RevokedSessions {
  readonly selection: SessionSelection | SurplusSelection;
  readonly reason: RevocationReason;
  readonly actor: string;
  /** Up to `COUNTED_AT_MOST`. */
  readonly count: number;
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
    const share = selection.userId === undefined ? SERVICE_SHARE : shareOf(selection.userId);
    if (!('sessionId' in selection)) {
      const revoke = (transaction: RevokingTransaction) => transaction.revoke(selection, reason, actor);
      return (await this.inTransaction(revoke, share)).outcome;
    }
    // Without a transaction: one statement revokes, and a crash after it leaves nothing half done.
    const transaction = new RevokingTransaction(this.dataSource.manager);
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
    for (const revoked of changes.revoked) this.effects.audit(revoked);
    const revocations = { sessions: [...changes.ended.values()], cutOffs: [...changes.cutOffs.values()] };
    const [isEnforced] = await Promise.all([
      revocations.sessions.length + revocations.cutOffs.length === 0 || this.enforce(revocations),
      changes.sessions.size > 0 && this.effects.invalidate([...changes.sessions]),
    ]);
    if (changes.cutOffs.size > 0) this.effects.closeCutOffSessions();
    return isEnforced ? 'enforced' : 'pending';
  }

  private enforce(revocations: Revocations): Promise<boolean> {
    return inChildSpan('enforce revocations', {}, async (span) => {
      const isEnforced = await this.effects.enforce(revocations);
      span?.setAttribute('latchkey.revocation.outcome', isEnforced ? 'enforced' : 'pending');
      return isEnforced;
    });
  }
}

/** Sessions whose rows are closed in the same transaction as a cut-off. The rest is closed later, however many they are. */
const CLOSED_AT_ONCE = 500;
/** Revoked sessions are counted up to this number, so that counting takes no longer than revoking. */
export const COUNTED_AT_MOST = 10_000;

/** Exported only as a type, so that all instances come from `SessionRevoker`, which enforces what they revoke. */
class RevokingTransaction {
  /** What takes effect after the commit. */
  readonly changes = {
    users: new Set<string>(),
    sessions: new Set<string>(),
    ended: new Map<string, EndedSession>(),
    cutOffs: new Map<string, CutOff>(),
    revoked: [] as RevokedSessions[],
  };

  constructor(readonly manager: EntityManager) {}

  /**
   * @param actor `user:<id>`, `operator` or `latchkey`
   * @returns how many sessions this call has revoked, counted up to `COUNTED_AT_MOST`
   */
  async revoke(selection: SessionSelection, reason: RevocationReason, actor: string): Promise<number> {
    const count = await this.revokeSelected(selection, [reason, actor]);
    this.noteRevoked({ selection, reason, actor, count });
    return count;
  }

  private async revokeSelected(selection: SessionSelection, ending: Ending): Promise<number> {
    if (selection.userId !== undefined) this.announce(selection.userId);
    if ('sessionId' in selection) return this.revokeOne(selection, ending);
    const { userId } = selection;
    // A login is before or after this: it locks the same row.
    await lockAccount(this.manager, userId);
    const split = splitSelection(selection);
    if (!('deviceIds' in selection)) return this.cutOff(userId, split, ending);
    const count = await this.revokeSome(userId, split, ending);
    await this.addUnconfirmed('user_id = $1 AND device_id = ANY ($2)', [userId, selection.deviceIds]);
    return count;
  }

  /**
   * Revokes the sessions for which the policy has no room beside one that was just opened. The caller holds the user's
   * row.
   */
  async revokeSurplus(surplus: SurplusSelection, reason: RevocationReason): Promise<void> {
    const { userId, openedSessionId } = surplus;
    const query = surplusQuery(surplus);
    const kept = await this.manager.query<{ kept: string }[]>(query.kept, [
      userId,
      openedSessionId,
      query.limit,
    ]);
    if (kept.length < query.limit) return;
    const split = query.split(kept.map((row) => row.kept));
    const count = await this.revokeSome(userId, split, [reason, 'latchkey']);
    this.noteRevoked({ selection: surplus, reason, actor: 'latchkey', count });
  }

  private noteRevoked(revoked: RevokedSessions): void {
    if (revoked.count > 0) this.changes.revoked.push(revoked);
  }

  /** Notes that what caches hold about these sessions is out of date. */
  invalidate(sessionIds: readonly string[]): void {
    for (const sessionId of sessionIds) this.changes.sessions.add(sessionId);
  }

  /** Notes that open pages of a user's account are out of date. */
  announce(userId: string): void {
    this.changes.users.add(userId);
  }

  private async revokeOne(
    { sessionId, userId }: { readonly sessionId: string; readonly userId?: string },
    ending: Ending,
  ): Promise<number> {
    const selected = 'id = $1 AND ($2::uuid IS NULL OR user_id = $2)';
    const [, count] = await this.manager.query<[unknown[], number]>(
      `UPDATE sessions SET ${REVOKED} WHERE status = 'active' AND ${selected}`,
      [sessionId, userId ?? null, ...ending],
    );
    // A separate statement: it also sees a session that another transaction ended while the first one waited for the row.
    await this.addUnconfirmed(selected, [sessionId, userId ?? null]);
    return count;
  }

  /** Revokes one by one what are usually few sessions, and by a cut-off what are too many for that. */
  private async revokeSome(userId: string, split: Split, ending: Ending): Promise<number> {
    const { where, parameters } = split.revoked;
    const found = await this.manager.query<{ id: string }[]>(
      `SELECT s.id FROM sessions s WHERE ${liveSessionsOf(1)} AND ${where(3)} LIMIT $2`,
      [userId, CLOSED_AT_ONCE + 1, ...parameters],
    );
    if (found.length > CLOSED_AT_ONCE) return this.cutOff(userId, split, ending);
    if (found.length === 0) return 0;
    const [ended, count] = await this.manager.query<[EndedSession[], number]>(
      `UPDATE sessions SET ${REVOKED} WHERE status = 'active' AND id = ANY ($1) AND user_id = $2
       RETURNING ${ENDED_SESSION}`,
      [found.map(({ id }) => id), userId, ...ending],
    );
    this.addEnded(ended);
    return count;
  }

  private async cutOff(userId: string, { kept }: Split, [reason, actor]: Ending): Promise<number> {
    const cutOff = await cutOffSessions(this.manager, userId, kept);
    this.changes.cutOffs.set(userId, cutOff);
    const { sessionEpoch } = cutOff;
    // A row that another transaction has locked is closed later.
    const [ended, closed] = await this.manager.query<[EndedSession[], number]>(
      `UPDATE sessions SET ${REVOKED} WHERE id IN (
         SELECT id FROM sessions WHERE user_id = $1 AND status = 'active' AND epoch = $2 - 1
         LIMIT ${CLOSED_AT_ONCE} FOR UPDATE SKIP LOCKED)
       RETURNING ${ENDED_SESSION}`,
      [userId, sessionEpoch, reason, actor],
    );
    this.addEnded(ended);
    const [{ open }] = await this.manager.query<[{ open: number }]>(
      `SELECT count(*)::integer AS open FROM (
         SELECT FROM sessions WHERE user_id = $1 AND status = 'active' AND epoch = $2 - 1 LIMIT $3) AS found`,
      [userId, sessionEpoch, COUNTED_AT_MOST - closed],
    );
    if (open > 0) await explainCutOff(this.manager, userId, sessionEpoch, [reason, actor]);
    return closed + open;
  }

  private async addUnconfirmed(where: string, parameters: readonly unknown[]): Promise<void> {
    this.addEnded(
      await this.manager.query<EndedSession[]>(
        `SELECT ${ENDED_SESSION} FROM sessions WHERE status <> 'active' AND enforced_at IS NULL AND ${where}`,
        [...parameters],
      ),
    );
  }

  private addEnded(sessions: readonly EndedSession[]): void {
    for (const session of sessions) this.changes.ended.set(session.sessionId, session);
  }
}

export type { RevokingTransaction };

const REVOKED = `status = 'revoked', ended_reason = $3, ended_by = $4`;

const ENDED_SESSION = `id AS "sessionId", ended_reason AS reason, (extract(epoch FROM ended_at) * 1000)::float8 AS "endedAt"`;
