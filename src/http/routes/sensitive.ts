import { SetMetadata } from '@nestjs/common';
import type { SensitiveAction } from '../../policy/session-policy.js';

export const SENSITIVE_ACTION = Symbol('sensitiveAction');

/** Names what a route does, so that the policy can ask for a recent login (403 `reauthentication_required`). */
export const Sensitive = (action: SensitiveAction) => SetMetadata(SENSITIVE_ACTION, action);
