import type { IncomingMessage, ServerResponse } from 'node:http';
import { requireRecentLogin as demandRecentLogin, requireRoles as demandRoles } from './demands.js';
import { type Duration, seconds } from './duration.js';
import { GuardError } from './guard-error.js';
import { authenticate, clientOf as clientOfHttp, type HttpGuardOptions } from './http/authenticate.js';
import { sendProblem } from './http/send-problem.js';
import type { Principal } from './principal.js';
import { invalidToken } from './tokens/invalid-token.js';

declare global {
  namespace Express {
    // Declared like in the types of passport, so that both can be used.
    interface User extends Principal {}
    interface Request {
      /** The caller. Set by `latchkey()`. */
      user?: User | undefined;
    }
  }
}

/** The part of an Express request that is used: requests of `connect` and of plain `http` servers have it too. */
export interface GuardedRequest extends IncomingMessage {
  readonly ip?: string | undefined;
  user?: Principal | undefined;
}

export type Middleware = (
  request: GuardedRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** Requires a valid token of an active session for everything that is mounted after it. */
export function latchkey({ guard, clientOf = clientOfHttp }: HttpGuardOptions<GuardedRequest>): Middleware {
  return (request, response, next) => {
    const admit = (principal: Principal) => {
      request.user = principal;
      next();
    };
    const refuse = (error: unknown) => problems(error, request, response, next);
    let checked: Principal | Promise<Principal>;
    try {
      checked = authenticate(guard, request, clientOf(request));
    } catch (error) {
      refuse(error);
      return;
    }
    if (checked instanceof Promise) checked.then(admit, refuse);
    else admit(checked);
  };
}

/** Admits only callers who have at least one of these roles; others get 403 `insufficient_role`. */
export function requireRoles(...roles: [string, ...string[]]): Middleware {
  return demanding((principal) => demandRoles(principal, roles));
}

/** Admits only users who have logged in within this time, such as `5m`; others get 403 `reauthentication_required`. */
export function requireRecentLogin(maxAge: Duration): Middleware {
  const maxAgeSeconds = seconds(maxAge);
  return demanding((principal) => demandRecentLogin(principal, maxAgeSeconds));
}

/**
 * An error handler, for `app.use(problems)` after the routes: answers refusals that a handler passes on, such as those of
 * `guard.openStream`, like the service does. Other errors are left to the next handler.
 */
export function problems(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
): void {
  if (!(error instanceof GuardError) || response.headersSent) next(error);
  else sendProblem(response, error, request.headers.authorization !== undefined);
}

function demanding(demand: (principal: Principal) => void): Middleware {
  return (request, response, next) => {
    try {
      if (!request.user) throw invalidToken('latchkey() is not mounted before this');
      demand(request.user);
    } catch (error) {
      problems(error, request, response, next);
      return;
    }
    next();
  };
}
