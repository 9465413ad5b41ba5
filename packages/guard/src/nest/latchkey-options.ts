import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { Guard, RequestClient } from '../guard.js';
import type { GuardOptions } from '../guard-options.js';
import type { HttpRequest } from './http-request.js';

/** Inject with `@Inject(LATCHKEY_GUARD)`: the `Guard` of the module. */
export const LATCHKEY_GUARD = Symbol('LATCHKEY_GUARD');
export const LATCHKEY_OPTIONS = Symbol('LATCHKEY_OPTIONS');
export const LATCHKEY_REGISTRATION = Symbol('LATCHKEY_REGISTRATION');

/** The module creates its guard and closes it, or the application shares one that it closes itself. */
export type LatchkeyOptions = (GuardOptions | { readonly guard: Guard }) & {
  /**
   * How long the application's start waits until tokens can be checked, milliseconds. After that it starts anyway, and
   * requests are answered with 503 until the service can be reached. Default: 10,000.
   */
  readonly readyTimeoutMs?: number;
  /**
   * Where a request came from, or the request that opened a WebSocket. By default, the address as the framework reports
   * it, and the `User-Agent` header. Leave the user agent out if a gateway drops or replaces it.
   */
  readonly clientOf?: (request: HttpRequest) => RequestClient;
};

export interface Registration {
  /**
   * Whether every handler is guarded unless it is `@Public()`. Otherwise a handler is guarded only if it, or its
   * controller, has `@UseGuards(LatchkeyGuard)`, and clients can open WebSockets without a token. Default: `true`.
   */
  readonly isGlobal?: boolean;
}

export type LatchkeyModuleOptions = LatchkeyOptions & Registration;

export interface LatchkeyModuleAsyncOptions
  extends Registration,
    Pick<ModuleMetadata, 'imports'>,
    Pick<FactoryProvider<LatchkeyOptions>, 'inject' | 'useFactory'> {}
