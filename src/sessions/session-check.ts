import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { AppError } from '../errors/app-error.js';
import type { Principal } from '../http/principal.js';
import { type Finding, Revocation } from '../revocation/revocation.js';
import type { SessionSnapshot } from '../revocation/session-snapshot.js';
import { flushIntervalMs, LastSeen } from './last-seen.js';
import { sessionState } from './session-state.js';
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
   * @param address where the request came from
   * @throws {AppError} session_revoked, session_expired, token_stale, invalid_token or service_unavailable
   */
  check(subject: TokenSubject, address: string): Principal | Promise<Principal> {
    const finding = this.revocation.find(subject.sessionId);
    return finding instanceof Promise
      ? finding.then((found) => this.decide(subject, found, address))
      : this.decide(subject, finding, address);
  }

  /** What is known of a session that was just checked, from the nearest tier. */
  async describe(sessionId: string): Promise<SessionDescription> {
    const { ended, snapshot } = await this.revocation.find(sessionId);
    if (!snapshot) throw new AppError('session_revoked', { members: { reason: ended } });
    return snapshot;
  }

  private decide(subject: TokenSubject, finding: Finding, address: string): Principal | Promise<Principal> {
    const session = this.requireHeld(subject, finding);
    const state = sessionState(session, this.config.policy, this.revocation.now());
    if (state === 'live') return this.grant(subject, session, address);
    if (state === 'absolute_expired') throw expired(state);
    return this.confirmIdle(subject, address);
  }

  /** Another instance may have seen it since, and may not have flushed that yet: Postgres is asked before refusing. */
  private async confirmIdle(subject: TokenSubject, address: string): Promise<Principal> {
    const session = this.requireHeld(subject, await this.revocation.findFresh(subject.sessionId));
    const { idleTtlMs, absoluteTtlMs } = this.config.policy;
    const limits = { absoluteTtlMs, idleTtlMs: idleTtlMs + flushIntervalMs(idleTtlMs) };
    const state = sessionState(session, limits, this.revocation.now());
    if (state !== 'live') throw expired(state);
    return this.grant(subject, session, address);
  }

  private requireHeld(subject: TokenSubject, { ended, snapshot }: Finding): SessionSnapshot {
    const reason = ended ?? snapshot?.endedReason;
    if (reason === 'expired') throw new AppError('session_expired');
    if (reason) throw new AppError('session_revoked', { members: { reason } });
    if (!snapshot || snapshot.userId !== subject.userId) throw new AppError('invalid_token');
    const cutOff = Math.max(snapshot.rolesVersion, this.revocation.cutOffOf(subject.userId));
    if (subject.rolesVersion < cutOff) throw new AppError('token_stale');
    return snapshot;
  }

  private grant(subject: TokenSubject, session: SessionSnapshot, address: string): Principal {
    session.lastSeenAt = this.revocation.now();
    this.lastSeen.note(session.sessionId, address);
    return {
      userId: subject.userId,
      sessionId: subject.sessionId,
      deviceId: session.deviceId,
      roles: subject.roles,
      authenticatedAt: subject.authenticatedAt,
    };
  }
}

function expired(state: 'idle_expired' | 'absolute_expired'): AppError {
  return new AppError('session_expired', { members: { reason: state } });
}
