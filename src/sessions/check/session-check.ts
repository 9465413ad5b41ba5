import type { TokenSubject } from '@latchkey/access-token/claims';
import { Revocation } from '@latchkey/revocation/revocation';
import { SessionCache, type SessionLookup } from '@latchkey/revocation/session-cache';
import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { toAppError } from '../../errors/to-app-error.js';
import type { Principal } from '../../http/routes/principal.js';
import type { RequestClient } from '../../http/routes/request-client.js';
import { SessionClock } from '../session-clock.js';
import { type SessionLimits, sessionState } from '../session-state.js';
import type { CachedSession } from '../store/session-model.js';
import type { SessionSnapshot } from '../store/session-snapshot.js';
import { SuspicionDetector } from '../suspicion/suspicion-detector.js';
import { LastSeen, useDelayMs } from './last-seen.js';
import type { SessionUse } from './session-use.js';
import { UsedGenerations } from './used-generations.js';

/** What a check needs to know of a token. */
export type SubjectToCheck = Pick<
  TokenSubject,
  'userId' | 'sessionId' | 'roles' | 'rolesVersion' | 'authenticatedAt' | 'generation'
>;

/** What users are shown about a session. */
export interface SessionDescription {
  readonly snapshot: Pick<SessionSnapshot, 'sessionId' | 'deviceId' | 'createdAt' | 'lastSeenAt' | 'profile'>;
  readonly use: Pick<SessionUse, 'grantedAt'>;
}

/** A caller, with what the check has just read about their session, so that a handler need not read it again. */
export interface CheckedPrincipal extends Principal {
  readonly session: SessionDescription;
}

/** What a guard asks about. */
export type QuestionedSubject = Pick<TokenSubject, 'userId' | 'sessionId' | 'rolesVersion' | 'generation'>;

/** Claims that do not decide whether a session may be used. */
const NOT_ASKED = { roles: [], authenticatedAt: 0 };

/** Decides for every request whether the session behind its token may still be used. */
@Injectable()
export class SessionCheck {
  constructor(
    private readonly sessions: SessionCache<SessionSnapshot, SessionUse>,
    private readonly revocation: Revocation,
    private readonly lastSeen: LastSeen,
    private readonly usedGenerations: UsedGenerations,
    private readonly suspicions: SuspicionDetector,
    private readonly clock: SessionClock,
    private readonly config: Config,
  ) {}

  /**
   * Answers in the same tick when memory has the session and may be trusted.
   *
   * @param subject what the verified token says
   * @throws {AppError} session_revoked, session_expired, token_stale, insufficient_user_authentication,
   *   invalid_token or service_unavailable
   */
  check(subject: SubjectToCheck, client: RequestClient): CheckedPrincipal | Promise<CheckedPrincipal> {
    const lookup = this.sessions.find(subject.sessionId);
    return lookup instanceof Promise
      ? lookup.then((found) => this.decide(subject, found, client))
      : this.decide(subject, lookup, client);
  }

  /**
   * Checks a token that a guard has received. What the guard grants is reported later, so this does not count as a use of
   * the session, and looks for nothing suspicious. It does show that the client has received the token.
   *
   * @throws {AppError} as `check` does
   */
  async checkForGuard(question: QuestionedSubject): Promise<void> {
    const subject = { ...NOT_ASKED, ...question };
    await this.decide(subject, await this.sessions.find(subject.sessionId), null);
  }

  /**
   * Checks whether the session of an open connection still holds. This does not count as a use of the session, and costs
   * no query while memory has the session as active: every revocation is in the ended set within a second.
   * A change of the user's roles does not matter here.
   *
   * @throws {AppError} session_revoked, session_expired, insufficient_user_authentication, invalid_token or
   *   service_unavailable
   */
  async checkOpenConnection(caller: Principal): Promise<void> {
    const subject = { ...caller, rolesVersion: Number.MAX_SAFE_INTEGER, generation: 0 };
    const reason = this.revocation.reasonOfEnd(caller.sessionId);
    if (reason !== undefined) throw ended(reason);
    const session = this.sessions.inMemory(caller.sessionId);
    if (!session || this.refusal(subject, session, this.lenientLimits)) await this.decideFresh(subject, null);
  }

  /** Why the session has ended; `undefined` as far as this instance knows that it has not. */
  reasonOfEnd(sessionId: string): string | undefined {
    return this.revocation.reasonOfEnd(sessionId);
  }

  private decide(
    subject: SubjectToCheck,
    lookup: SessionLookup<SessionSnapshot, SessionUse>,
    client: RequestClient | null,
  ): CheckedPrincipal | Promise<CheckedPrincipal> {
    if (lookup.ended !== null) throw ended(lookup.ended);
    if (subject.rolesVersion < this.revocation.cutOffOf(subject.userId).rolesVersion)
      throw new AppError('token_stale');
    const { session } = lookup;
    if (!session || this.refusal(subject, session, this.config.policy))
      return this.decideFresh(subject, client);
    if (!client || this.suspicions.isUnsuspicious(session, client))
      return this.grant(subject, session, client);
    return this.suspicions.refuses(session, client)
      ? this.decideFresh(subject, client)
      : this.decideIfPossible(subject, session, client);
  }

  /**
   * P4: a suspicion whose action is only `notify` must not refuse a request because Postgres is down. The client is not
   * accepted either, so the next request raises the suspicion again.
   */
  private async decideIfPossible(
    subject: SubjectToCheck,
    known: CachedSession,
    client: RequestClient,
  ): Promise<CheckedPrincipal> {
    try {
      return await this.decideFresh(subject, client);
    } catch (error) {
      if (toAppError(error).code !== 'service_unavailable') throw error;
      // Throws the same error again where caches may not be trusted. The session may have ended during the wait.
      const lookup = await this.sessions.find(subject.sessionId);
      if (lookup.ended !== null) throw ended(lookup.ended);
      const session = lookup.session ?? known;
      this.noteUse(session, client);
      this.noteGeneration(subject, session);
      return principal(subject, session);
    }
  }

  /**
   * Caches may be late or wrong, and another instance may have seen the session used since. What a cache says is
   * therefore never a reason to refuse, only a reason to ask the store.
   */
  private async decideFresh(
    subject: SubjectToCheck,
    client: RequestClient | null,
  ): Promise<CheckedPrincipal> {
    const lookup = await this.sessions.findFresh(subject.sessionId);
    if (lookup.ended !== null) throw ended(lookup.ended);
    const { session } = lookup;
    if (!session) throw new AppError('invalid_token');
    const refusal = this.refusal(subject, session, this.lenientLimits);
    if (refusal) throw refusal;
    if (client) await this.requireUnsuspicious(session, client);
    return this.grant(subject, session, client);
  }

  private async requireUnsuspicious(session: CachedSession, client: RequestClient): Promise<void> {
    if (this.suspicions.isUnsuspicious(session, client)) return;
    const refusal = await this.suspicions.decide(session, client);
    if (refusal === 'needs_login') throw new AppError('insufficient_user_authentication');
    // The ended set is asked again after every await before a grant; it also has what was just revoked.
    const { ended: reason } = await this.sessions.find(session.snapshot.sessionId);
    if (reason !== null || refusal === 'ended') throw ended(reason ?? 'suspicious');
  }

  /** Allow for uses that another instance has seen and not written yet. */
  private get lenientLimits(): SessionLimits {
    const { idleTtlMs, absoluteTtlMs } = this.config.policy;
    return { absoluteTtlMs, idleTtlMs: idleTtlMs + useDelayMs(idleTtlMs) };
  }

  private refusal(
    subject: SubjectToCheck,
    { snapshot, use }: CachedSession,
    limits: SessionLimits,
  ): AppError | null {
    if (snapshot.userId !== subject.userId) return new AppError('invalid_token');
    if (snapshot.endedReason !== null) return ended(snapshot.endedReason);
    const cutOff = Math.max(snapshot.rolesVersion, this.revocation.cutOffOf(subject.userId).rolesVersion);
    if (subject.rolesVersion < cutOff) return new AppError('token_stale');
    if (snapshot.needsLogin) return new AppError('insufficient_user_authentication');
    const { createdAt, lastSeenAt } = snapshot;
    const times = { createdAt, lastSeenAt: Math.max(lastSeenAt, use.grantedAt) };
    const state = sessionState(times, limits, this.clock.now());
    return state === 'live' ? null : new AppError('session_expired', { members: { reason: state } });
  }

  private grant(
    subject: SubjectToCheck,
    session: CachedSession,
    client: RequestClient | null,
  ): CheckedPrincipal {
    if (client) {
      this.noteUse(session, client);
      // A poll is compared with the known clients, but does not become one.
      if (client.isUse) session.use.accept(client);
    }
    this.noteGeneration(subject, session);
    return principal(subject, session);
  }

  /** Not awaited, and only for the first token of each generation. A background request proves receipt as well. */
  private noteGeneration({ sessionId, generation }: SubjectToCheck, { use }: CachedSession): void {
    if (use.seesGeneration(generation)) this.usedGenerations.note(sessionId, generation);
  }

  private noteUse({ snapshot, use }: CachedSession, client: RequestClient): void {
    if (client.isUse) use.grant(this.clock.now());
    this.lastSeen.note(snapshot.sessionId, use, client.address, client.isUse);
  }
}

function principal(subject: SubjectToCheck, session: CachedSession): CheckedPrincipal {
  return {
    userId: subject.userId,
    sessionId: subject.sessionId,
    roles: subject.roles,
    authenticatedAt: subject.authenticatedAt,
    session,
  };
}

function ended(reason: string): AppError {
  return reason === 'expired'
    ? new AppError('session_expired')
    : new AppError('session_revoked', { members: { reason } });
}
