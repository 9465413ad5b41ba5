import type { VerifiedClaims } from '@latchkey/access-token/claims';
import { type Demands, type UnmetDemand, unmetDemand } from '@latchkey/access-token/forward-auth/demands';
import { ASSERTION_HEADER, identityHeaders } from '@latchkey/access-token/forward-auth/identity-headers';
import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import type { CheckedPrincipal } from '../../sessions/check/session-check.js';
import { SessionClock } from '../../sessions/session-clock.js';
import { AssertionSigner } from './assertion-signer.js';

/** Makes the answer to a gateway about a caller with an active session. */
@Injectable()
export class ForwardAuthCheck {
  readonly #audience: string;

  constructor(
    private readonly assertions: AssertionSigner,
    private readonly clock: SessionClock,
    { accessToken }: Config,
  ) {
    this.#audience = accessToken.audiences[0];
  }

  /**
   * Answers in the same tick if the assertion is known.
   *
   * @returns the headers of the answer
   * @throws {AppError} insufficient_role, insufficient_user_authentication or reauthentication_required
   */
  check(
    { session }: CheckedPrincipal,
    claims: VerifiedClaims,
    demands: Demands,
  ): Record<string, string> | Promise<Record<string, string>> {
    const { subject } = claims;
    const unmet = unmetDemand(demands, subject, this.clock.now());
    if (unmet) throw refusal(unmet);
    const headers: Record<string, string> = identityHeaders({
      userId: subject.userId,
      sessionId: subject.sessionId,
      // Tokens of older releases do not name it.
      deviceId: session.snapshot.deviceId,
      roles: subject.roles,
      authenticatedAt: subject.authenticatedAt,
      amr: subject.amr,
    });
    const assertion = this.assertions.sign(claims, demands.audience ?? this.#audience);
    return assertion instanceof Promise
      ? assertion.then((signed) => withAssertion(headers, signed))
      : withAssertion(headers, assertion);
  }
}

function withAssertion(headers: Record<string, string>, assertion: string): Record<string, string> {
  headers[ASSERTION_HEADER] = assertion;
  return headers;
}

function refusal(unmet: UnmetDemand): AppError {
  switch (unmet.code) {
    case 'insufficient_role':
      return new AppError(unmet.code);
    case 'insufficient_user_authentication':
      return new AppError(unmet.code, {
        detail: 'The login did not use a method that is required.',
        members: { amr: unmet.amr, ...(unmet.acrValues && { acr_values: unmet.acrValues }) },
      });
    case 'reauthentication_required':
      return new AppError(unmet.code, { members: { max_age: unmet.maxAgeSeconds } });
  }
}
