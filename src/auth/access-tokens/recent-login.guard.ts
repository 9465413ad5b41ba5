import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { RouteMetadata, SENSITIVE_ACTION } from '../../http/routes/route-decorators.js';
import type { SensitiveAction, SessionPolicy } from '../../policy/session-policy.js';
import { SessionClock } from '../../sessions/session-clock.js';
import { isRecentLogin } from './recent-login.js';
import { requirePrincipal } from './require-principal.js';

/** Asks for a recent login where the policy wants one for a `@Sensitive()` route. Runs after `JwtAuthGuard`. */
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
    const { sensitiveActions, reauthenticationMaxAgeMs } = this.#policy;
    if (!action || !sensitiveActions.includes(action)) return true;
    const { authenticatedAt } = requirePrincipal(context);
    if (isRecentLogin(authenticatedAt, reauthenticationMaxAgeMs, this.clock.now())) return true;
    // RFC 9470 §3: `max_age` tells the client how recent the login has to be.
    throw new AppError('reauthentication_required', {
      members: { max_age: Math.floor(reauthenticationMaxAgeMs / 1000) },
    });
  }
}
