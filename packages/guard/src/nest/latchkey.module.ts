import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { createGuard } from '../create-guard.js';
import type { Guard } from '../guard.js';
import { Callers } from './callers.js';
import { GuardLifecycle } from './guard-lifecycle.js';
import { LatchkeyGuard } from './latchkey.guard.js';
import {
  LATCHKEY_GUARD,
  LATCHKEY_OPTIONS,
  LATCHKEY_REGISTRATION,
  type LatchkeyModuleAsyncOptions,
  type LatchkeyModuleOptions,
  type LatchkeyOptions,
  type Registration,
} from './latchkey-options.js';
import { WebSocketAdmission } from './web-sockets/web-socket-admission.js';

/** Guards a Nest application: every handler requires a token of an active session, unless it is `@Public()`. */
@Module({})
export class LatchkeyModule {
  static forRoot(options: LatchkeyModuleOptions): DynamicModule {
    return moduleOf(options, { provide: LATCHKEY_OPTIONS, useValue: options });
  }

  static forRootAsync(options: LatchkeyModuleAsyncOptions): DynamicModule {
    const { imports = [], inject = [], useFactory } = options;
    return { ...moduleOf(options, { provide: LATCHKEY_OPTIONS, inject, useFactory }), imports };
  }
}

function moduleOf({ isGlobal = true }: Registration, options: Provider): DynamicModule {
  return {
    module: LatchkeyModule,
    global: true,
    providers: [
      options,
      { provide: LATCHKEY_REGISTRATION, useValue: { isGlobal } satisfies Registration },
      { provide: LATCHKEY_GUARD, inject: [LATCHKEY_OPTIONS], useFactory: guardOf },
      Callers,
      LatchkeyGuard,
      GuardLifecycle,
      WebSocketAdmission,
      ...(isGlobal ? [{ provide: APP_GUARD, useExisting: LatchkeyGuard }] : []),
    ],
    exports: [LATCHKEY_GUARD, LatchkeyGuard, Callers],
  };
}

function guardOf(options: LatchkeyOptions): Guard {
  return 'guard' in options ? options.guard : createGuard(options);
}
