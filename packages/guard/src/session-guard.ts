import type { TokenSubject } from '@latchkey/access-token/claims';
import type { GuardLink } from '@latchkey/revocation/guard-connection/guard-link';
import type { Decision } from '@latchkey/revocation/guard-connection/questions';
import type { Guard, OpenStream, RequestClient, SessionEnd, StreamEnd } from './guard.js';
import { GuardError } from './guard-error.js';
import type { RemoteKeys } from './keys/remote-keys.js';
import type { Principal } from './principal.js';
import type { SeenSessions } from './seen-sessions.js';
import { sessionEnded } from './session-end-errors.js';
import type { GuardedStreams } from './streams/guarded-streams.js';
import { TokenPrincipal } from './token-principal.js';
import type { TokenVerifier, VerifiedToken } from './tokens/token-verifier.js';

export interface SessionGuardParts {
  readonly keys: RemoteKeys;
  readonly verifier: TokenVerifier;
  readonly link: GuardLink;
  readonly seen: SeenSessions;
  readonly streams: GuardedStreams;
  readonly whenUnreachable: 'refuse' | 'allow';
}

/** Decides about tokens by what they prove themselves and by what the service says about their sessions. */
export class SessionGuard implements Guard {
  constructor(private readonly parts: SessionGuardParts) {}

  async ready(): Promise<void> {
    await Promise.all([this.parts.keys.ready(), this.parts.link.ready()]);
  }

  check(token: string, client?: RequestClient): Principal | Promise<Principal> {
    const known = this.parts.verifier.find(token);
    return known ? this.#admit(known, client) : this.#verifyAndAdmit(token, client);
  }

  openStream(principal: Principal, close: (end: StreamEnd) => void): OpenStream {
    return this.parts.streams.open(principal, close);
  }

  onSessionEnd(listener: (end: SessionEnd) => void): () => void {
    return this.parts.seen.onEnd(listener);
  }

  async close(): Promise<void> {
    this.parts.keys.stop();
    this.parts.streams.stop();
    await this.parts.link.stop();
  }

  async #verifyAndAdmit(token: string, client: RequestClient | undefined): Promise<Principal> {
    const verified = await this.parts.verifier.verify(token);
    this.parts.seen.see(verified.subject);
    return this.#admit(verified, client);
  }

  #admit(verified: VerifiedToken, client: RequestClient | undefined): Principal | Promise<Principal> {
    const verdict = this.parts.link.judge(verified.subject);
    if (verdict.state === 'ended') throw sessionEnded(verdict.reason);
    if (verdict.state === 'ask') return this.#ask(verified, client);
    return this.#grant(verified, client, null);
  }

  async #ask(verified: VerifiedToken, client: RequestClient | undefined): Promise<Principal> {
    // Taken first: what is learned while the parent decides may not be part of its decision.
    const state = this.parts.streams.state;
    const decision = await this.parts.link.ask(verified.subject);
    if (decision.state === 'active') return this.#grant(verified, client, state);
    if (this.#isAllowedUnknown(decision, verified.subject)) return this.#grant(verified, client, null);
    throw this.#refusal(verified.subject, decision);
  }

  /** What may concern this session has to be decided by the service, whatever it costs. */
  #isAllowedUnknown({ state }: Decision, subject: TokenSubject): boolean {
    const { whenUnreachable, link } = this.parts;
    return (
      state === 'unavailable' && whenUnreachable === 'allow' && !link.mayTrust() && !link.isDoubtful(subject)
    );
  }

  #refusal({ sessionId }: TokenSubject, { state, reason }: Decision): GuardError {
    switch (state) {
      case 'ended':
        this.parts.streams.ended(sessionId, reason);
        this.parts.seen.ended(sessionId, reason);
        return sessionEnded(reason);
      case 'stale':
        return new GuardError('token_stale');
      case 'needs_login':
        return new GuardError('insufficient_user_authentication');
      default:
        return new GuardError('service_unavailable');
    }
  }

  #grant(verified: VerifiedToken, client: RequestClient | undefined, confirmedIn: number | null): Principal {
    const { subject, expiresAt } = verified;
    verified.memo ??= this.parts.link.useOf(subject.sessionId);
    this.parts.link.noteUse(verified.memo, subject.generation, client?.address, client?.userAgent);
    return new TokenPrincipal(subject, expiresAt, confirmedIn);
  }
}
