import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { LATCHKEY_REGISTRATION, type Registration } from './latchkey-options.js';

/** Nest's metadata of a message handler. */
const MESSAGE_PATTERN = 'microservices:pattern';

/** Nest runs no global guard for the messages of an HTTP application, unless its microservices inherit the configuration. */
@Injectable()
export class HybridWarning implements OnModuleInit {
  readonly #logger = new Logger('LatchkeyModule');

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(LATCHKEY_REGISTRATION) private readonly registration: Registration,
  ) {}

  onModuleInit(): void {
    const { isGlobal, hybridInheritsConfig = false } = this.registration;
    if (!isGlobal || hybridInheritsConfig || !this.host.httpAdapter || !this.#hasMessageHandlers()) return;
    this.#logger.warn(
      'Message handlers of this application are open to everyone, unless connectMicroservice() has ' +
        '{ inheritAppConfig: true }. Confirm that it has with hybridInheritsConfig: true.',
    );
  }

  #hasMessageHandlers(): boolean {
    return [...this.modules.values()]
      .flatMap(({ controllers }) => [...controllers.values()])
      .some(({ metatype }) => typeof metatype === 'function' && handlesMessages(metatype.prototype));
  }
}

function handlesMessages(prototype: object | null): boolean {
  if (prototype === null || prototype === Object.prototype) return false;
  return (
    Object.values(Object.getOwnPropertyDescriptors(prototype)).some(
      ({ value }) => typeof value === 'function' && Reflect.hasMetadata(MESSAGE_PATTERN, value),
    ) || handlesMessages(Object.getPrototypeOf(prototype))
  );
}
