import { SetMetadata } from '@nestjs/common';

export const REQUIRED_ROLES = Symbol('requiredRoles');

/** Admits only callers who have at least one of these roles; others get 403 `insufficient_role`. */
export const Roles = (...roles: [string, ...string[]]) => SetMetadata(REQUIRED_ROLES, roles);
