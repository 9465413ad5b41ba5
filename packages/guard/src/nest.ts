export { CurrentUser, Public, RecentLogin, Roles } from './nest/decorators.js';
export { LatchkeyGuard } from './nest/latchkey.guard.js';
export { LatchkeyModule } from './nest/latchkey.module.js';
export {
  LATCHKEY_GUARD,
  type LatchkeyModuleAsyncOptions,
  type LatchkeyModuleOptions,
  type LatchkeyOptions,
} from './nest/latchkey-options.js';
export type { Principal } from './principal.js';
