import type { TokenSubject } from '@latchkey/access-token/claims';
import type { Principal } from './principal.js';

/** A principal that remembers its token's subject, which is no part of what an application sees or logs. */
export class TokenPrincipal implements Principal {
  readonly userId: string;
  readonly sessionId: string;
  readonly deviceId: string | null;
  readonly clientId: string | null;
  readonly roles: readonly string[];
  readonly authenticatedAt: number;
  readonly amr: readonly string[];
  readonly acr: string | null;
  readonly expiresAt: number;
  readonly #subject: TokenSubject;

  constructor(subject: TokenSubject, expiresAt: number) {
    this.userId = subject.userId;
    this.sessionId = subject.sessionId;
    this.deviceId = subject.deviceId;
    this.clientId = subject.clientId;
    this.roles = subject.roles;
    this.authenticatedAt = subject.authenticatedAt;
    this.amr = subject.amr;
    this.acr = subject.acr;
    this.expiresAt = expiresAt;
    this.#subject = subject;
  }

  /** @throws {TypeError} for a principal that no guard returned, such as a copy of one */
  static subjectOf(principal: Principal): TokenSubject {
    if (principal instanceof TokenPrincipal) return principal.#subject;
    throw new TypeError('the principal was not returned by a guard; pass it on as it is, not a copy of it');
  }
}
