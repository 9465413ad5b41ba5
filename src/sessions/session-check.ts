import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { AppError } from '../errors/app-error.js';
import { knownError } from '../errors/known-error.js';
import { USER_AGENT_MAX_LENGTH } from '../http/client-info.js';
import { cutText } from '../http/cut-text.js';
import type { Principal } from '../http/principal.js';
import { type Finding, Revocation } from '../revocation/revocation.js';
import type { SeenClient, SessionSnapshot } from '../revocation/session-snapshot.js';
import { flushIntervalMs, LastSeen } from './last-seen.js';
import { type SessionLimits, sessionState } from './session-state.js';
import { SessionWatch } from './session-watch.js';
import type { TokenSubject } from './token-subject.js';

/** A proxy that is trusted may still pass on anything; the longest address has 45 characters, and may have a zone. */
const ADDRESS_MAX_LENGTH = 64;

/** What people are told of a session. */
export type SessionDescription = Omit<SessionSnapshot, 'status' | 'endedReason' | 'rolesVersion' | 'readAt'>;

/** Decides for every request whether the session behind its token still holds. */
@Injectable()
export class SessionCheck {
  constructor(
    private readonly revocation: Revocation,
    private readonly lastSeen: LastSeen,
    private readonly watch: SessionWatch,
    private readonly config: Config,
  ) {}

  /**
   * Answers in this tick when memory holds the session and may be trusted.
   *
   * @param subject what the verified token says
   * @param address where the request came from
   * @param userAgent what it says that it was made by
   * @throws {AppError} session_revoked, session_expired, token_stale, insufficient_user_authentication,
   *   invalid_token or service_unavailable
   */
  check(subject: TokenSubject, address: string, userAgent = ''): Principal | Promise<Principal> {
    const client = {
      address: cutText(address, ADDRESS_MAX_LENGTH),
      userAgent: cutText(userAgent, USER_AGENT_MAX_LENGTH),
    };
    const finding = this.revocation.find(subject.sessionId);
    return finding instanceof Promise
      ? finding.then((found) => this.decide(subject, found, client))
      : this.decide(subject, finding, client);
  }

  /** What is known of a session that was just checked, from the nearest tier. */
  async describe(sessionId: string): Promise<SessionDescription> {
    const { ended, snapshot } = await this.revocation.find(sessionId);
    if (!snapshot) throw new AppError('session_revoked', { members: { reason: ended } });
    return snapshot;
  }

  private decide(
    subject: TokenSubject,
    finding: Finding,
    client: SeenClient,
  ): Principal | Promise<Principal> {
    if (finding.ended !== null) throw ended(finding.ended);
    if (subject.rolesVersion < this.revocation.cutOffOf(subject.userId)) throw new AppError('token_stale');
    const { snapshot } = finding;
    if (!snapshot || this.refusal(subject, snapshot, this.config.policy))
      return this.decideFresh(subject, client);
    if (this.watch.isUnsuspicious(snapshot, client)) return this.grant(subject, snapshot, client);
    return this.watch.refuses(snapshot, client)
      ? this.decideFresh(subject, client)
      : this.decideIfPossible(subject, snapshot, client);
  }

  /** P4: for what is only to be told nobody is kept out. It is noticed again with the next request. */
  private async decideIfPossible(
    subject: TokenSubject,
    known: SessionSnapshot,
    client: SeenClient,
  ): Promise<Principal> {
    try {
      return await this.decideFresh(subject, client);
    } catch (error) {
      if (knownError(error).code !== 'service_unavailable') throw error;
      // Throws the same again where caches may not be trusted; the end may have come meanwhile.
      const finding = await this.revocation.find(subject.sessionId);
      if (finding.ended !== null) throw ended(finding.ended);
      const session = finding.snapshot ?? known;
      const { seen } = session;
      const principal = this.grant(subject, session, client);
      session.seen = seen;
      return principal;
    }
  }

  /**
   * Caches may be late or lie, and another instance may have seen the session since: of all that a cache says
   * nothing is a reason to refuse, only to ask the truth.
   */
  private async decideFresh(subject: TokenSubject, client: SeenClient): Promise<Principal> {
    const finding = await this.revocation.findFresh(subject.sessionId);
    if (finding.ended !== null) throw ended(finding.ended);
    const { snapshot } = finding;
    if (!snapshot) throw new AppError('invalid_token');
    const { idleTtlMs, absoluteTtlMs } = this.config.policy;
    // What another instance has seen and not written yet.
    const limits = { absoluteTtlMs, idleTtlMs: idleTtlMs + flushIntervalMs(idleTtlMs) };
    const refusal = this.refusal(subject, snapshot, limits);
    if (refusal) throw refusal;
    await this.requireUnsuspicious(snapshot, client);
    return this.grant(subject, snapshot, client);
  }

  private async requireUnsuspicious(snapshot: SessionSnapshot, client: SeenClient): Promise<void> {
    if (this.watch.isUnsuspicious(snapshot, client)) return;
    const refusal = await this.watch.decide(snapshot, client);
    if (refusal === 'needs_login') throw new AppError('insufficient_user_authentication');
    // Asked again after every await before a grant; one that was just ended is in the set as well.
    const { ended: reason } = await this.revocation.find(snapshot.sessionId);
    if (reason !== null || refusal === 'ended') throw ended(reason ?? 'suspicious');
  }

  private refusal(subject: TokenSubject, session: SessionSnapshot, limits: SessionLimits): AppError | null {
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

  private grant(subject: TokenSubject, session: SessionSnapshot, client: SeenClient): Principal {
    session.grantedAt = this.revocation.now();
    session.seen = client;
    this.lastSeen.note(session.sessionId, client.address);
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
