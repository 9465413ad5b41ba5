import type { TokenSubject } from '@latchkey/access-token/claims';
import type { CachedSession } from '@latchkey/revocation/cached-session';
import { Revocation, type SessionLookup } from '@latchkey/revocation/revocation';
import { sharedText } from '@latchkey/revocation/shared-texts';
import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { toAppError } from '../../errors/to-app-error.js';
import type { Principal } from '../../http/routes/principal.js';
import type { RequestClient } from '../../http/routes/request-client.js';
import { type SessionLimits, sessionState } from '../session-state.js';
import { isSameClient, SuspicionDetector } from '../suspicion/suspicion-detector.js';
import { flushIntervalMs, LastSeen } from './last-seen.js';

/** What people are told of a session. */
export type SessionDescription = Pick<
  CachedSession,
  'sessionId' | 'deviceId' | 'createdAt' | 'lastSeenAt' | 'grantedAt' | 'profile'
>;

/** A caller, with what the check has just read of their session: whoever tells of it need not look again. */
export interface CheckedPrincipal extends Principal {
  readonly session: SessionDescription;
}

/** Decides for every request whether the session behind its token still holds. */
@Injectable()
export class SessionCheck {
  constructor(
    private readonly revocation: Revocation,
    private readonly lastSeen: LastSeen,
    private readonly suspicions: SuspicionDetector,
    private readonly config: Config,
  ) {}

  /**
   * Answers in this tick when memory holds the session and may be trusted.
   *
   * @param subject what the verified token says
   * @param asker who makes the request
   * @throws {AppError} session_revoked, session_expired, token_stale, insufficient_user_authentication,
   *   invalid_token or service_unavailable
   */
  check(subject: TokenSubject, asker: RequestClient): CheckedPrincipal | Promise<CheckedPrincipal> {
    const finding = this.revocation.find(subject.sessionId);
    return finding instanceof Promise
      ? finding.then((found) => this.decide(subject, found, asker))
      : this.decide(subject, finding, asker);
  }

  /**
   * Looks whether the session of a connection that stays open still holds. That is no use of it, and costs Postgres
   * nothing while memory holds the session and says that it lives: every end is in the ended set within a second.
   * A change of the user's roles does not matter to it.
   *
   * @throws {AppError} session_revoked, session_expired, insufficient_user_authentication, invalid_token or
   *   service_unavailable
   */
  async checkOpenConnection(caller: Principal): Promise<void> {
    const subject = { ...caller, rolesVersion: Number.MAX_SAFE_INTEGER };
    const reason = this.revocation.reasonOfEnd(caller.sessionId);
    if (reason !== undefined) throw ended(reason);
    const snapshot = this.revocation.inMemory(caller.sessionId);
    if (!snapshot || this.refusal(subject, snapshot, this.lenientLimits))
      await this.decideFresh(subject, null);
  }

  /** Whether this instance has heard of the session's end. */
  isKnownEnded(sessionId: string): boolean {
    return this.revocation.reasonOfEnd(sessionId) !== undefined;
  }

  private decide(
    subject: TokenSubject,
    finding: SessionLookup,
    asker: RequestClient,
  ): CheckedPrincipal | Promise<CheckedPrincipal> {
    if (finding.ended !== null) throw ended(finding.ended);
    if (subject.rolesVersion < this.revocation.cutOffOf(subject.userId)) throw new AppError('token_stale');
    const { snapshot } = finding;
    if (!snapshot || this.refusal(subject, snapshot, this.config.policy))
      return this.decideFresh(subject, asker);
    if (this.suspicions.isUnsuspicious(snapshot, asker)) return this.grant(subject, snapshot, asker);
    return this.suspicions.refuses(snapshot, asker)
      ? this.decideFresh(subject, asker)
      : this.decideIfPossible(subject, snapshot, asker);
  }

  /** P4: for what is only to be told nobody is kept out. It is noticed again with the next request. */
  private async decideIfPossible(
    subject: TokenSubject,
    known: CachedSession,
    asker: RequestClient,
  ): Promise<CheckedPrincipal> {
    try {
      return await this.decideFresh(subject, asker);
    } catch (error) {
      if (toAppError(error).code !== 'service_unavailable') throw error;
      // Throws the same again where caches may not be trusted; the end may have come meanwhile.
      const finding = await this.revocation.find(subject.sessionId);
      if (finding.ended !== null) throw ended(finding.ended);
      const session = finding.snapshot ?? known;
      const { seen } = session;
      const principal = this.grant(subject, session, asker);
      session.seen = seen;
      return principal;
    }
  }

  /**
   * Caches may be late or lie, and another instance may have seen the session since: of all that a cache says
   * nothing is a reason to refuse, only to ask the store.
   */
  private async decideFresh(subject: TokenSubject, asker: RequestClient | null): Promise<CheckedPrincipal> {
    const finding = await this.revocation.findFresh(subject.sessionId);
    if (finding.ended !== null) throw ended(finding.ended);
    const { snapshot } = finding;
    if (!snapshot) throw new AppError('invalid_token');
    const refusal = this.refusal(subject, snapshot, this.lenientLimits);
    if (refusal) throw refusal;
    if (asker) await this.requireUnsuspicious(snapshot, asker);
    return this.grant(subject, snapshot, asker);
  }

  private async requireUnsuspicious(snapshot: CachedSession, asker: RequestClient): Promise<void> {
    if (this.suspicions.isUnsuspicious(snapshot, asker)) return;
    const refusal = await this.suspicions.decide(snapshot, asker);
    if (refusal === 'needs_login') throw new AppError('insufficient_user_authentication');
    // Asked again after every await before a grant; one that was just ended is in the set as well.
    const { ended: reason } = await this.revocation.find(snapshot.sessionId);
    if (reason !== null || refusal === 'ended') throw ended(reason ?? 'suspicious');
  }

  /** Allow for what another instance has seen and not written yet. */
  private get lenientLimits(): SessionLimits {
    const { idleTtlMs, absoluteTtlMs } = this.config.policy;
    return { absoluteTtlMs, idleTtlMs: idleTtlMs + flushIntervalMs(idleTtlMs) };
  }

  private refusal(subject: TokenSubject, session: CachedSession, limits: SessionLimits): AppError | null {
    if (session.userId !== subject.userId) return new AppError('invalid_token');
    if (session.endedReason !== null) return ended(session.endedReason);
    const cutOff = Math.max(session.rolesVersion, this.revocation.cutOffOf(subject.userId));
    if (subject.rolesVersion < cutOff) return new AppError('token_stale');
    if (session.needsLogin) return new AppError('insufficient_user_authentication');
    const { createdAt, lastSeenAt, grantedAt } = session;
    const times = { createdAt, lastSeenAt: Math.max(lastSeenAt, grantedAt) };
    const state = sessionState(times, limits, this.revocation.now());
    return state === 'live' ? null : new AppError('session_expired', { members: { reason: state } });
  }

  private grant(
    subject: TokenSubject,
    session: CachedSession,
    asker: RequestClient | null,
  ): CheckedPrincipal {
    if (asker?.isUse) {
      session.grantedAt = this.revocation.now();
      // What outlives its request costs the garbage collector more than the request costs all of us: kept only if it is new.
      if (!isSameClient(session.seen, asker)) {
        session.seen = { address: asker.address, userAgent: sharedText(asker.userAgent) };
      }
      this.lastSeen.note(session, asker.address);
    }
    return {
      userId: subject.userId,
      sessionId: subject.sessionId,
      deviceId: session.deviceId,
      roles: subject.roles,
      authenticatedAt: subject.authenticatedAt,
      session,
    };
  }
}

function ended(reason: string): AppError {
  return reason === 'expired'
    ? new AppError('session_expired')
    : new AppError('session_revoked', { members: { reason } });
}
