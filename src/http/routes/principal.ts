import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/**
 * The caller, according to a verified access token. The device is not part of it: what depends on the device reads it
 * from Postgres, because a cached session is good for display only.
 */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  readonly roles: readonly string[];
  /** When the user last authenticated (`auth_time`), in epoch milliseconds. */
  readonly authenticatedAt: number;
}

/** Injects the caller, as the guard set it on the request. Not available on `@Public()` routes. */
export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal =>
    context.switchToHttp().getRequest<{ user: Principal }>().user,
);

/** Injects the caller of an `@OptionalSession()` route; `null` if the request presented no access token. */
export const OptionalPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal | null =>
    context.switchToHttp().getRequest<{ user?: Principal }>().user ?? null,
);
