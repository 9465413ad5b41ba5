import type { ReportedUse } from '@latchkey/revocation/guard-connection/messages';
import { SessionCache } from '@latchkey/revocation/session-cache';
import { Injectable, Logger } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { Config } from '../../config/config.js';
import { toAppError } from '../../errors/to-app-error.js';
import { reportedAddress } from '../../http/routes/client-address.js';
import { USER_AGENT_MAX_LENGTH } from '../../http/routes/request-client.js';
import { asLabel } from '../../http/validation/untrusted-text.js';
import { SessionClock } from '../session-clock.js';
import { sessionState } from '../session-state.js';
import type { CachedSession } from '../store/session-model.js';
import type { SessionSnapshot } from '../store/session-snapshot.js';
import { SuspicionDetector } from '../suspicion/suspicion-detector.js';
import { lastAddress } from '../suspicion/suspicion-event.js';
import { LastSeen, useDelayMs } from './last-seen.js';
import type { Client, SessionUse } from './session-use.js';
import { UsedGenerations } from './used-generations.js';

/** Reports that wait. With more, the newest are lost, which the protocol allows. */
const MAX_WAITING = 20_000;
/** Handled at once: their sessions are read in one statement, and those of other requests wait no longer for it. */
const BATCH = 500;
const RETRY_MS = 1_000;
/** A guard reports a new client once, so a report is tried again while Postgres is unavailable, for this long. */
const KEPT_MS = 60_000;
const UNKNOWN_ADDRESS = '0.0.0.0';

interface Report extends Pick<ReportedUse, 'sessionId' | 'generation'> {
  /** Monotonic. */
  readonly usedAt: number;
  readonly receivedAt: number;
  /** Only what is new for the session. */
  readonly address: string | null;
  readonly userAgent: string | null;
}

/**
 * Uses of sessions that guards have granted. They count as those that this instance grants, one report late: for the last
 * use, for the receipt of a refresh, and for what makes a session suspicious.
 */
@Injectable()
export class ReportedUses {
  private readonly logger = new Logger(ReportedUses.name);
  private waiting: Report[] = [];
  private isWorking = false;

  constructor(
    private readonly sessions: SessionCache<SessionSnapshot, SessionUse>,
    private readonly lastSeen: LastSeen,
    private readonly usedGenerations: UsedGenerations,
    private readonly suspicions: SuspicionDetector,
    private readonly clock: SessionClock,
    private readonly config: Config,
  ) {}

  /** Neither waits nor fails. */
  note(uses: readonly ReportedUse[]): void {
    const receivedAt = performance.now();
    for (const use of uses) if (isUuid(use.sessionId)) this.add(report(use, receivedAt));
    void this.work();
  }

  private add(report: Report): void {
    if (this.waiting.length < MAX_WAITING) this.waiting.push(report);
  }

  private async work(): Promise<void> {
    if (this.isWorking) return;
    this.isWorking = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH);
      await Promise.all(batch.map((report) => this.takeOrRetry(report)));
    }
    this.isWorking = false;
  }

  /** Never rejects. */
  private async takeOrRetry(report: Report): Promise<void> {
    try {
      await this.take(report);
    } catch (thrown) {
      const { code } = toAppError(thrown);
      if (code === 'internal_error') this.logger.error('a reported use was not taken', thrown);
      else if (performance.now() - report.receivedAt < KEPT_MS) this.retryLater(report);
    }
  }

  private retryLater(report: Report): void {
    setTimeout(() => {
      this.add(report);
      void this.work();
    }, RETRY_MS).unref();
  }

  private async take(report: Report): Promise<void> {
    const session = await this.findLive(report);
    if (!session) return;
    const { address, generation, sessionId } = report;
    if (session.use.seesGeneration(generation)) this.usedGenerations.note(sessionId, generation);
    const client = clientOf(report, session);
    const accepted = client ? await this.accept(session, client) : session;
    if (!accepted) return;
    const ageMs = performance.now() - report.usedAt;
    accepted.use.grant(this.clock.now() - ageMs);
    this.lastSeen.noteReported(sessionId, accepted.use, ageMs, address);
  }

  private async findLive(report: Report): Promise<CachedSession | null> {
    const { session } = await this.sessions.find(report.sessionId);
    if (!session || this.isLive(session, report)) return session;
    // Another instance may have seen it used since.
    const { session: fresh } = await this.sessions.findFresh(report.sessionId);
    return fresh && this.isLive(fresh, report) ? fresh : null;
  }

  /** Whether the session could be used at that time. A report must not revive one that has expired. */
  private isLive({ snapshot, use }: CachedSession, { usedAt }: Report): boolean {
    if (snapshot.endedReason !== null || snapshot.needsLogin) return false;
    const { idleTtlMs, absoluteTtlMs } = this.config.policy;
    const limits = { absoluteTtlMs, idleTtlMs: idleTtlMs + useDelayMs(idleTtlMs) };
    const { createdAt, lastSeenAt } = snapshot;
    const times = { createdAt, lastSeenAt: Math.max(lastSeenAt, use.grantedAt) };
    return sessionState(times, limits, this.clock.now() - (performance.now() - usedAt)) === 'live';
  }

  /** @returns `null` if a request of this client would have been refused. @throws if that could not be decided */
  private async accept(known: CachedSession, client: Client): Promise<CachedSession | null> {
    let session = known;
    if (!this.suspicions.isUnsuspicious(session, client)) {
      const { session: fresh } = await this.sessions.findFresh(known.snapshot.sessionId);
      if (!fresh || fresh.snapshot.endedReason !== null || fresh.snapshot.needsLogin) return null;
      if ((await this.suspicions.decide(fresh, client)) !== null) return null;
      session = fresh;
    }
    session.use.accept(client);
    return session;
  }
}

/** A guard passes on what its clients have sent. */
function report(use: ReportedUse, receivedAt: number): Report {
  const { sessionId, generation, agoMs, address, userAgent = '' } = use;
  return {
    sessionId,
    generation,
    usedAt: receivedAt - agoMs,
    receivedAt,
    address: address === undefined ? null : reportedAddress(address),
    userAgent: asLabel(userAgent.toWellFormed(), USER_AGENT_MAX_LENGTH) || null,
  };
}

/** What is not reported has not changed, or is not known. */
function clientOf({ address, userAgent }: Report, session: CachedSession): Client | null {
  if (address === null && userAgent === null) return null;
  return { address: address ?? lastAddress(session) ?? UNKNOWN_ADDRESS, userAgent };
}
