import type { Principal } from '../http/principal.js';
import type { TokenSubject } from './token-subject.js';

export abstract class SessionCheck {
  /**
   * Decides, now, whether the session behind a verified token still holds.
   * Answers at once when the caches can be trusted, else with a promise.
   *
   * @param address where the request comes from
   * @throws {AppError} `session_revoked`, `session_expired`, `token_stale`, `invalid_token` or `service_unavailable`
   */
  abstract check(subject: TokenSubject, address: string): Principal | Promise<Principal>;
}
