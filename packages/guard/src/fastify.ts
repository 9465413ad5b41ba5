import type { FastifyReply, FastifyRequest } from 'fastify';
import { fastifyPlugin } from 'fastify-plugin';
import { type Duration, seconds } from './duration.js';
import { GuardError } from './guard-error.js';
import { authenticate, type HttpGuardOptions } from './http/authenticate.js';
import type { Principal } from './principal.js';
import { headersOf, problemOf } from './problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller. Not set on public routes. */
    user: Principal;
  }

  interface FastifyContextConfig {
    /** Opens the route to everybody. All other routes require a token. */
    public?: boolean;
    /** Requires one of these roles; others get 403 `insufficient_role`. */
    roles?: readonly string[];
    /** Requires that the user has logged in within this time, such as `5m`; others get 403 `reauthentication_required`. */
    maxAge?: Duration;
  }
}

export type LatchkeyOptions = HttpGuardOptions<FastifyRequest>;

/**
 * Requires a valid token of an active session for every route, also for those that do not exist, unless the route has
 * `config: { public: true }`.
 */
export const latchkey = fastifyPlugin<LatchkeyOptions>(
  (app, { guard, clientOf = clientOfFastify }, done) => {
    app.decorateRequest('user');
    app.addHook('onRoute', ({ config }) => {
      // An invalid duration is found at the start.
      if (config?.maxAge !== undefined) seconds(config.maxAge);
    });
    app.addHook('onRequest', (request, reply, next) => {
      const { config } = request.routeOptions;
      if (config.public === true) return next();
      const admit = (principal: Principal) => {
        request.user = principal;
        next();
      };
      const refuse = (error: unknown) => {
        if (error instanceof GuardError) sendProblem(error, request, reply);
        else next(error as Error);
      };
      let checked: Principal | Promise<Principal>;
      try {
        checked = authenticate(guard, request.raw, clientOf(request), config);
      } catch (error) {
        return refuse(error);
      }
      if (checked instanceof Promise) checked.then(admit, refuse);
      else admit(checked);
    });
    done();
  },
  { name: '@latchkey/guard', fastify: '5.x' },
);

/**
 * An error handler, for `app.setErrorHandler(problems)`: answers refusals that a handler passes on, such as those of
 * `guard.openStream`, like the service does. Other errors are left to the next handler.
 */
export function problems(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (!(error instanceof GuardError)) throw error;
  sendProblem(error, request, reply);
}

function sendProblem(error: GuardError, request: FastifyRequest, reply: FastifyReply): void {
  reply
    .code(error.status)
    .headers(headersOf(error, request.headers.authorization !== undefined))
    // As bytes: Fastify would add a charset parameter to text, which JSON does not have (RFC 8259 §11).
    .send(Buffer.from(JSON.stringify(problemOf(error))));
}

function clientOfFastify(request: FastifyRequest) {
  return { address: request.ip, userAgent: request.headers['user-agent'] };
}
