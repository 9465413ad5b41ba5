import type { SessionSnapshot } from '../src/session-snapshot.js';
import type {
  Confirmation,
  CutOff,
  RecentRevocations,
  Revocations,
  SessionStore,
  TailPosition,
} from '../src/session-store.js';
import { AT_ONCE, type Turn } from './turn.js';

const OVERDUE_AFTER_MS = 1_000;

interface End {
  readonly reason: string;
  endedAt: number;
  isConfirmed: boolean;
}

interface UserCutOff {
  readonly rolesVersion: number;
  readonly sessionEpoch: number;
  changedAt: number;
  isConfirmed: boolean;
}

interface Position {
  readonly server: string;
  /** Commits that have been read, or are in `rest`. */
  readonly commits: number;
  /** What the next pages of a read have; `null` after the last one. */
  readonly rest: Revocations | null;
}

/**
 * The session store in memory. Sessions exist without being created. A read sees the state at the moment at which it
 * arrives, however late its answer is delivered.
 */
export class MemoryStore<S extends SessionSnapshot> implements SessionStore<S> {
  private readonly ends = new Map<string, End>();
  /** Of sessions that a cut-off has exempted; that of any other is 0. */
  private readonly epochs = new Map<string, number>();
  private readonly cutOffs = new Map<string, UserCutOff>();
  /** Ids of sessions and users, in the order of the commits. */
  private readonly commits: string[] = [];
  turn: Turn = AT_ONCE;
  /** Revocations of each kind in one page of a read of the tail. */
  pageSize = Number.POSITIVE_INFINITY;
  isAway = false;
  server = 'server-1';
  /** Called in place of every write of `reapply`, as by a standby that is read-only. */
  refuseToReapply: (() => void) | null = null;
  /** Every call, for tests that count. */
  readonly loads: (readonly string[])[] = [];
  readonly windows: number[] = [];
  readonly tailReads: (TailPosition | null)[] = [];
  readonly confirmations: Confirmation[] = [];

  constructor(
    private readonly activeSnapshot: (sessionId: string) => S,
    private readonly exists: (sessionId: string) => boolean = () => true,
  ) {}

  now(): number {
    return Date.now();
  }

  /** Commits the end of a session. */
  end(sessionId: string, reason = 'logout'): Revocations {
    this.ends.set(sessionId, { reason, endedAt: this.now(), isConfirmed: false });
    this.commits.push(sessionId);
    return { sessions: [{ sessionId, reason }], cutOffs: [] };
  }

  /** Commits a change of a user's roles. */
  cutOff(userId: string): Revocations {
    const { rolesVersion, sessionEpoch } = this.minimumsOf(userId);
    return this.commitCutOff({ userId, rolesVersion: rolesVersion + 1, sessionEpoch });
  }

  /** Commits the end of all sessions of a user, except for some. */
  cutOffSessions(userId: string, exempted: readonly string[] = []): Revocations {
    const { rolesVersion, sessionEpoch } = this.minimumsOf(userId);
    for (const sessionId of exempted) this.epochs.set(sessionId, sessionEpoch + 1);
    return this.commitCutOff({ userId, rolesVersion, sessionEpoch: sessionEpoch + 1 });
  }

  /** Moves the end of a session, or the last cut-off of a user, into the past. */
  backdate(id: string, ms: number): void {
    const end = this.ends.get(id);
    if (end) end.endedAt -= ms;
    const change = this.cutOffs.get(id);
    if (change) change.changedAt -= ms;
  }

  /** Another server takes over, which does not have this end, or the cut-offs of this user. */
  failOverWithout(id: string): void {
    this.ends.delete(id);
    this.cutOffs.delete(id);
    this.server = 'server-2';
  }

  async load(ids: readonly string[]): Promise<Map<string, S>> {
    this.loads.push(ids);
    await this.turn('a read is sent');
    this.requireReachable();
    const found = ids.filter(this.exists).map((id): [string, S] => [id, this.snapshotOf(id)]);
    await this.turn('a read is answered');
    return new Map(found);
  }

  async recentRevocations(windowMs: number, from: TailPosition | null): Promise<RecentRevocations> {
    this.windows.push(windowMs);
    this.tailReads.push(from);
    this.requireReachable();
    const position = this.positionAfter(from);
    const all = position ? this.since(position) : this.within(windowMs);
    const { page, rest } = this.split(all);
    const hasMore = rest.sessions.length + rest.cutOffs.length > 0;
    const end = { server: this.server, commits: position?.rest ? position.commits : this.commits.length };
    const overdue = this.revocationsWhere(
      (_, at, isConfirmed) => !isConfirmed && this.now() - at > OVERDUE_AFTER_MS,
    );
    const now = this.now();
    await this.turn('the tail is answered');
    this.requireReachable();
    return {
      ...page,
      overdue,
      now,
      server: end.server,
      next: hasMore ? { ...end, rest } : null,
      end: { ...end, rest: null },
    };
  }

  async reapply({ sessions, cutOffs }: Revocations): Promise<void> {
    this.requireReachable();
    if (this.refuseToReapply) {
      this.refuseToReapply();
      throw new Error('read-only');
    }
    for (const { sessionId, reason } of sessions) {
      if (this.exists(sessionId) && !this.ends.has(sessionId)) this.end(sessionId, reason);
    }
    for (const { userId, rolesVersion, sessionEpoch = 0 } of cutOffs) {
      const known = this.minimumsOf(userId);
      if (known.rolesVersion >= rolesVersion && known.sessionEpoch >= sessionEpoch) continue;
      this.commitCutOff({
        userId,
        rolesVersion: Math.max(known.rolesVersion, rolesVersion),
        sessionEpoch: Math.max(known.sessionEpoch, sessionEpoch),
      });
    }
  }

  async confirm({ sessions, cutOffs }: Revocations, confirmation: Confirmation): Promise<void> {
    this.requireReachable();
    this.confirmations.push(confirmation);
    for (const { sessionId } of sessions) {
      const end = this.ends.get(sessionId);
      if (end) end.isConfirmed = true;
    }
    for (const { userId, rolesVersion, sessionEpoch = 0 } of cutOffs) {
      const change = this.cutOffs.get(userId);
      if (change?.rolesVersion === rolesVersion && change.sessionEpoch === sessionEpoch)
        change.isConfirmed = true;
    }
  }

  async areConfirmed({ sessions, cutOffs }: Revocations): Promise<boolean> {
    this.requireReachable();
    return (
      sessions.every(({ sessionId }) => this.ends.get(sessionId)?.isConfirmed) &&
      cutOffs.every(({ userId }) => this.cutOffs.get(userId)?.isConfirmed)
    );
  }

  private minimumsOf(userId: string): Pick<UserCutOff, 'rolesVersion' | 'sessionEpoch'> {
    return this.cutOffs.get(userId) ?? { rolesVersion: 0, sessionEpoch: 0 };
  }

  private commitCutOff({ userId, ...minimums }: Required<CutOff>): Revocations {
    this.cutOffs.set(userId, { ...minimums, changedAt: this.now(), isConfirmed: false });
    this.commits.push(userId);
    return { sessions: [], cutOffs: [{ userId, ...minimums }] };
  }

  private snapshotOf(sessionId: string): S {
    const sessionEpoch = this.epochs.get(sessionId) ?? 0;
    const active = {
      ...this.activeSnapshot(sessionId),
      sessionEpoch,
      readAt: this.now(),
      lastSeenAt: this.now(),
    };
    const isCutOff = sessionEpoch < this.minimumsOf(active.userId).sessionEpoch;
    const end = this.ends.get(sessionId) ?? (isCutOff && { reason: 'terminated' });
    if (!end) return active;
    return { ...active, status: end.reason === 'expired' ? 'expired' : 'revoked', endedReason: end.reason };
  }

  private positionAfter(from: TailPosition | null): Position | null {
    const position = from as Position | null;
    return position?.server === this.server ? position : null;
  }

  private since({ commits, rest }: Position): Revocations {
    if (rest) return rest;
    const ids = new Set(this.commits.slice(commits));
    return this.revocationsWhere((id) => ids.has(id));
  }

  private within(windowMs: number): Revocations {
    return this.revocationsWhere((_, at, isConfirmed) => !isConfirmed || this.now() - at < windowMs);
  }

  private split({ sessions, cutOffs }: Revocations) {
    return {
      page: { sessions: sessions.slice(0, this.pageSize), cutOffs: cutOffs.slice(0, this.pageSize) },
      rest: { sessions: sessions.slice(this.pageSize), cutOffs: cutOffs.slice(this.pageSize) },
    };
  }

  private revocationsWhere(matches: (id: string, at: number, isConfirmed: boolean) => boolean): Revocations {
    return {
      sessions: [...this.ends]
        .filter(([id, end]) => matches(id, end.endedAt, end.isConfirmed))
        .map(([sessionId, { reason, endedAt }]) => ({ sessionId, reason, endedAt })),
      cutOffs: [...this.cutOffs]
        .filter(([id, change]) => matches(id, change.changedAt, change.isConfirmed))
        .map(([userId, { rolesVersion, sessionEpoch }]) => ({ userId, rolesVersion, sessionEpoch })),
    };
  }

  private requireReachable(): void {
    if (this.isAway) throw new Error('the store is away');
  }
}
