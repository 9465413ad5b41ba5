export { CurrentUser, Public, RecentLogin, Roles } from './nest/decorators.js';
export { LATCHKEY_GUARD, LatchkeyGuard } from './nest/latchkey.guard.js';
export { LatchkeyModule } from './nest/latchkey.module.js';
export type {
  LatchkeyModuleAsyncOptions,
  LatchkeyModuleOptions,
  LatchkeyOptions,
} from './nest/latchkey-options.js';
export type { Principal } from './principal.js';
