import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { GuardOptions } from '../create-guard.js';
import type { Guard } from '../guard.js';

/** How long the start waits for the service by default. */
export const READY_TIMEOUT_MS = 10_000;

/** How the module gets its guard: it creates one and closes it, or the application shares one that it closes itself. */
export type LatchkeyOptions = (GuardOptions | { readonly guard: Guard }) & {
  /**
   * How long the application's start waits until tokens can be checked, milliseconds. After that it starts anyway, and
   * requests are answered with 503 until the service can be reached. Default: 10,000.
   */
  readonly readyTimeoutMs?: number;
};

export interface Registration {
  /**
   * Whether every handler is guarded unless it is `@Public()`. Otherwise a handler is guarded only if it, or its
   * controller, has `@UseGuards(LatchkeyGuard)`, and the handshakes of WebSockets are not checked. Default: `true`.
   */
  readonly isGlobal?: boolean;
}

export type LatchkeyModuleOptions = LatchkeyOptions & Registration;

export interface LatchkeyModuleAsyncOptions
  extends Registration,
    Pick<ModuleMetadata, 'imports'>,
    Pick<FactoryProvider<LatchkeyOptions>, 'inject' | 'useFactory'> {}
