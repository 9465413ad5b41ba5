import type { Demands } from '@latchkey/access-token/forward-auth/demands';
import type { Guard } from '../guard.js';
import { GuardError } from '../guard-error.js';
import type { Principal } from '../principal.js';
import type { AssertionSigner } from './assertion-signer.js';
import { refuseCrossSite } from './cross-site.js';
import { readDemands, requireDemands } from './demands-check.js';
import type { EdgeAnswer } from './edge-answer.js';
import { EdgeError } from './edge-error.js';
import type { GatewayRequest } from './gateway-request.js';
import { grant } from './grant.js';
import { refuseForeignIdentityHeaders } from './identity-header-check.js';
import { presentedToken, presentsToken } from './presented-token.js';
import { refusal } from './refusal.js';
import { isNavigation, signInLocation } from './sign-in.js';
import { withinDeadline } from './within-deadline.js';

export interface EdgeCheckOptions {
  readonly guard: Pick<Guard, 'check'>;
  readonly assertions: AssertionSigner;
  /** The `aud` of assertions for which the gateway names no other. */
  readonly assertionAudience: string;
  /** The cookie that may have the access token; `undefined` if only bearer tokens are accepted. */
  readonly cookieName: string | undefined;
  /** The origins that the gateway serves. */
  readonly origins: ReadonlySet<string>;
  /** The page where users sign in; `undefined` if they are never sent there. */
  readonly signInUrl: string | undefined;
  /** How long a check may wait for the service. */
  readonly deadlineMs: number;
  /** Called for errors that are faults of the edge. */
  readonly onFault: (error: unknown) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** For gateways that pass on no redirect (nginx), and so have to redirect themselves. */
const SIGN_IN_HEADER = 'latchkey-sign-in';

/** Decides on the requests that gateways ask about. */
export class EdgeCheck {
  constructor(private readonly options: EdgeCheckOptions) {}

  /** Never rejects: a fault is an answer that grants nothing. */
  async answer(request: GatewayRequest): Promise<EdgeAnswer> {
    let demands: Demands | null = null;
    try {
      demands = readDemands(request.query);
      return await this.#grant(request, demands);
    } catch (error) {
      const answer = this.#refuse(error, request);
      return answer.status === 401 ? this.#withSignIn(answer, request, demands) : answer;
    }
  }

  async #grant(request: GatewayRequest, demands: Demands): Promise<EdgeAnswer> {
    const { cookieName, origins, assertions, assertionAudience, now = Date.now } = this.options;
    refuseForeignIdentityHeaders(request.headers);
    const { token, isFromCookie } = presentedToken(request.headers, cookieName);
    if (isFromCookie) refuseCrossSite(request, origins);
    const principal = await this.#check(token, request);
    requireDemands(demands, principal, now());
    const audience = demands.audience ?? assertionAudience;
    return grant(principal, await assertions.assertion(token, principal, audience));
  }

  #check(token: string, { client }: GatewayRequest): Principal | Promise<Principal> {
    const decision = this.options.guard.check(token, client);
    return decision instanceof Promise ? withinDeadline(decision, this.options.deadlineMs) : decision;
  }

  #refuse(thrown: unknown, { headers }: GatewayRequest): EdgeAnswer {
    const isExpected = thrown instanceof GuardError || thrown instanceof EdgeError;
    if (!isExpected) this.options.onFault(thrown);
    const error = isExpected ? thrown : new EdgeError('internal_error');
    return refusal(error, presentsToken(headers, this.options.cookieName));
  }

  #withSignIn(answer: EdgeAnswer, request: GatewayRequest, demands: Demands | null): EdgeAnswer {
    const { signInUrl: url, origins } = this.options;
    if (url === undefined || !isNavigation(request)) return answer;
    const location = signInLocation({ url, origins }, request.target);
    if (demands?.redirectsToSignIn)
      return { ...answer, status: 302, headers: { ...answer.headers, location } };
    return { ...answer, headers: { ...answer.headers, [SIGN_IN_HEADER]: location } };
  }
}
