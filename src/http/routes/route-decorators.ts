import { applyDecorators, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { SensitiveAction } from '../../policy/session-policy.js';

export const IS_PUBLIC = Symbol('isPublic');
export const HAS_OPTIONAL_SESSION = Symbol('hasOptionalSession');
export const REQUIRED_ROLES = Symbol('requiredRoles');
export const SENSITIVE_ACTION = Symbol('sensitiveAction');
export const ENDS_SESSION = Symbol('endsSession');
export const IS_BACKGROUND_REQUEST = Symbol('isBackgroundRequest');

/** Opens a route to callers without an access token. All other routes require one. */
export const Public = () => SetMetadata(IS_PUBLIC, true);

/** On a route that is `@Public()`: admits callers without an access token, and authenticates those that present one. */
export const OptionalSession = () => SetMetadata(HAS_OPTIONAL_SESSION, true);

/** Admits only callers who have at least one of these roles; others get 403 `insufficient_role`. */
export const Roles = (...roles: [string, ...string[]]) => SetMetadata(REQUIRED_ROLES, roles);

/** Names the action of a route, for which the policy can require a recent login (403 `reauthentication_required`). */
export const Sensitive = (action: SensitiveAction) => SetMetadata(SENSITIVE_ACTION, action);

/** For a route that a page calls by itself: a request is no sign of a person and does not postpone the idle timeout. */
export const BackgroundRequest = () => SetMetadata(IS_BACKGROUND_REQUEST, true);

/**
 * For the route that ends the caller's own session: a genuine refresh token is sufficient, because an access token often
 * expires first. Every answer clears the session cookies that the request was authenticated by.
 */
export const EndsSession = () =>
  applyDecorators(SetMetadata(ENDS_SESSION, true), RouteConfig({ endsSession: true }));

/**
 * For a route at which a gateway asks about a request that it has received. It accepts any method, never reads the body,
 * and does not answer CORS preflights: a gateway would take that answer for a grant.
 */
export const ForwardAuth = () => RouteConfig({ isForwardAuth: true, cors: false });

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set by `@ForwardAuth()`. */
    isForwardAuth?: boolean;
    /** Set by `@EndsSession()`, also for requests that are refused before their route is reached. */
    endsSession?: boolean;
  }
}

/**
 * Reads the metadata that one of these decorators set on the handler, or else on its controller. The result is cached
 * per route: reflection costs more than the rest of a guard.
 */
export class RouteMetadata<T> {
  private readonly reflector = new Reflector();
  /** By controller first, because two controllers can inherit the same handler. */
  private readonly cache = new Map<object, Map<object, T | undefined>>();

  /** @param key the decorator's metadata key */
  constructor(private readonly key: symbol) {}

  of(context: ExecutionContext): T | undefined {
    const controller = context.getClass();
    const handler = context.getHandler();
    const cached = this.cache.get(controller);
    if (cached?.has(handler)) return cached.get(handler);
    const value = this.reflector.getAllAndOverride<T | undefined>(this.key, [handler, controller]);
    this.cache.set(controller, new Map(cached).set(handler, value));
    return value;
  }
}
