import type { TokenSubject } from '@latchkey/access-token/claims';
import type { Principal } from './principal.js';

/** A principal that remembers what its token says. An application neither sees nor logs that part. */
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
  readonly #confirmedIn: number | null;

  /**
   * @param confirmedIn the state of knowledge before the service was asked and accepted the session; `null` if it was not
   *   asked
   */
  constructor(subject: TokenSubject, expiresAt: number, confirmedIn: number | null) {
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
    this.#confirmedIn = confirmedIn;
  }

  /** @throws {TypeError} for a principal that no guard returned, such as a copy of one */
  static proofOf(principal: Principal): { subject: TokenSubject; confirmedIn: number | null } {
    // Not `instanceof`: for a class that names itself, the bundler would choose another name, which logs would show.
    const given: object = Object(principal);
    if (#subject in given) return { subject: given.#subject, confirmedIn: given.#confirmedIn };
    throw new TypeError('the principal was not returned by a guard; pass it on as it is, not a copy of it');
  }
}
