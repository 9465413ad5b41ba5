import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '../errors/app-error.js';
import type { Principal } from '../http/principal.js';
import { REQUIRED_ROLES } from '../http/roles.js';
import { requirePrincipal } from './require-principal.js';

/** Keeps `@Roles()`. Runs after `JwtAuthGuard`. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const required = this.reflector.getAllAndOverride<readonly string[] | undefined>(REQUIRED_ROLES, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!required) return true;
    const { roles }: Principal = requirePrincipal(context);
    if (!required.some((role) => roles.includes(role))) throw new AppError('insufficient_role');
    return true;
  }
}
