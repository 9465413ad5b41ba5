import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { AppError } from '../errors/app-error.js';
import type { Principal } from '../http/principal.js';
import { type Finding, Revocation } from '../revocation/revocation.js';
import type { SessionSnapshot } from '../revocation/session-snapshot.js';
import { flushIntervalMs, LastSeen } from './last-seen.js';
import { type SessionLimits, sessionState } from './session-state.js';
import type { TokenSubject } from './token-subject.js';

/** What people are told of a session. */
export type SessionDescription = Omit<SessionSnapshot, 'status' | 'endedReason' | 'rolesVersion' | 'readAt'>;

/** Decides for every request whether the session behind its token still holds. */
@Injectable()
export class SessionCheck {
  constructor(
    private readonly revocation: Revocation,
    private readonly lastSeen: LastSeen,
    private readonly config: Config,
  ) {}

  /**
   * Answers in this tick when memory holds the session and may be trusted.
   *
   * @param subject what the verified token says
   * @param address where the request came from; `null` for one that is no use of the session
   * @throws {AppError} session_revoked, session_expired, token_stale, invalid_token or service_unavailable
   */
  check(subject: TokenSubject, address: string | null): Principal | Promise<Principal> {
    const finding = this.revocation.find(subject.sessionId);
    return finding instanceof Promise
      ? finding.then((found) => this.decide(subject, found, address))
      : this.decide(subject, finding, address);
  }

  /** What is known of a session that was just checked, from the nearest tier; in this tick when that is memory. */
  describe(sessionId: string): SessionDescription | Promise<SessionDescription> {
    const known = this.revocation.inMemory(sessionId);
    return known && this.revocation.reasonOfEnd(sessionId) === undefined
      ? known
      : this.describeFromBehind(sessionId);
  }

  private async describeFromBehind(sessionId: string): Promise<SessionDescription> {
    const { ended, snapshot } = await this.revocation.find(sessionId);
    if (!snapshot) throw new AppError('session_revoked', { members: { reason: ended } });
    return snapshot;
  }

  /**
   * Looks whether the session of a connection that stays open still holds. That is no use of it, and costs Postgres
   * nothing while memory holds the session and says that it lives: every end is in the ended set within a second.
   * A change of the user's roles does not matter to it.
   *
   * @throws {AppError} session_revoked, session_expired, invalid_token or service_unavailable
   */
  async watch(caller: Principal): Promise<void> {
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
    finding: Finding,
    address: string | null,
  ): Principal | Promise<Principal> {
    if (finding.ended !== null) throw ended(finding.ended);
    if (subject.rolesVersion < this.revocation.cutOffOf(subject.userId)) throw new AppError('token_stale');
    const { snapshot } = finding;
    const { policy } = this.config;
    return snapshot && this.refusal(subject, snapshot, policy) === null
      ? this.grant(subject, snapshot, address)
      : this.decideFresh(subject, address);
  }

  /**
   * Caches may be late or lie, and another instance may have seen the session since: of all that a cache says
   * nothing is a reason to refuse, only to ask the truth.
   */
  private async decideFresh(subject: TokenSubject, address: string | null): Promise<Principal> {
    const finding = await this.revocation.findFresh(subject.sessionId);
    if (finding.ended !== null) throw ended(finding.ended);
    const { snapshot } = finding;
    if (!snapshot) throw new AppError('invalid_token');
    const refusal = this.refusal(subject, snapshot, this.lenientLimits);
    if (refusal) throw refusal;
    return this.grant(subject, snapshot, address);
  }

  /** Allow for what another instance has seen and not written yet. */
  private get lenientLimits(): SessionLimits {
    const { idleTtlMs, absoluteTtlMs } = this.config.policy;
    return { absoluteTtlMs, idleTtlMs: idleTtlMs + flushIntervalMs(idleTtlMs) };
  }

  private refusal(subject: TokenSubject, session: SessionSnapshot, limits: SessionLimits): AppError | null {
    if (session.userId !== subject.userId) return new AppError('invalid_token');
    if (session.endedReason !== null) return ended(session.endedReason);
    const cutOff = Math.max(session.rolesVersion, this.revocation.cutOffOf(subject.userId));
    if (subject.rolesVersion < cutOff) return new AppError('token_stale');
    const { createdAt, lastSeenAt, grantedAt } = session;
    const times = { createdAt, lastSeenAt: Math.max(lastSeenAt, grantedAt) };
    const state = sessionState(times, limits, this.revocation.now());
    return state === 'live' ? null : new AppError('session_expired', { members: { reason: state } });
  }

  private grant(subject: TokenSubject, session: SessionSnapshot, address: string | null): Principal {
    if (address !== null) {
      session.grantedAt = this.revocation.now();
      this.lastSeen.note(session.sessionId, address);
    }
    return {
      userId: subject.userId,
      sessionId: subject.sessionId,
      deviceId: session.deviceId,
      roles: subject.roles,
      authenticatedAt: subject.authenticatedAt,
    };
  }
}

function ended(reason: string): AppError {
  return reason === 'expired'
    ? new AppError('session_expired')
    : new AppError('session_revoked', { members: { reason } });
}
