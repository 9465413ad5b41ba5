import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { RouteMetadata, SENSITIVE_ACTION } from '../../http/routes/route-decorators.js';
import type { SensitiveAction, SessionPolicy } from '../../policy/session-policy.js';
import { SessionClock } from '../../sessions/session-clock.js';
import { requirePrincipal } from './jwt-auth.guard.js';

/** Requires a recent login for `@Sensitive()` routes, as the policy configures. Runs after `JwtAuthGuard`. */
@Injectable()
export class RecentLoginGuard implements CanActivate {
  readonly #policy: SessionPolicy;
  readonly #sensitiveAction = new RouteMetadata<SensitiveAction>(SENSITIVE_ACTION);

  constructor(
    private readonly clock: SessionClock,
    config: Config,
  ) {
    this.#policy = config.policy;
  }

  canActivate(context: ExecutionContext): boolean {
    const action = this.#sensitiveAction.of(context);
    // The maximum age may be `Infinity`, which accepts a login of any age.
    const { sensitiveActions, reauthenticationMaxAgeMs } = this.#policy;
    if (!action || !sensitiveActions.includes(action)) return true;
    const { authenticatedAt } = requirePrincipal(context);
    if (this.clock.now() - authenticatedAt <= reauthenticationMaxAgeMs) return true;
    // RFC 9470 §3: `max_age` states how recent the login must be.
    throw new AppError('reauthentication_required', {
      members: { max_age: Math.floor(reauthenticationMaxAgeMs / 1000) },
    });
  }
}
