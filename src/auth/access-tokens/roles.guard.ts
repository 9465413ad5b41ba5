import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AppError } from '../../errors/app-error.js';
import type { Principal } from '../../http/routes/principal.js';
import { REQUIRED_ROLES, RouteMetadata } from '../../http/routes/route-decorators.js';
import { requirePrincipal } from './require-principal.js';

/** Keeps `@Roles()`. Runs after `JwtAuthGuard`. */
@Injectable()
export class RolesGuard implements CanActivate {
  private readonly requiredRoles = new RouteMetadata<readonly string[]>(REQUIRED_ROLES);

  canActivate(context: ExecutionContext): boolean {
    const required = this.requiredRoles.of(context);
    if (!required) return true;
    const { roles }: Principal = requirePrincipal(context);
    if (!required.some((role) => roles.includes(role))) throw new AppError('insufficient_role');
    return true;
  }
}
