import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnModuleInit,
} from '@nestjs/common';
import type { Guard } from '../guard.js';
import { LATCHKEY_GUARD, LATCHKEY_OPTIONS, type LatchkeyOptions } from './latchkey-options.js';

/** How long the start waits for the service by default. */
const READY_TIMEOUT_MS = 10_000;

/** Waits for the guard when the application starts, and closes it when the application shuts down. */
@Injectable()
export class GuardLifecycle implements OnModuleInit, BeforeApplicationShutdown {
  readonly #logger = new Logger('LatchkeyModule');

  constructor(
    @Inject(LATCHKEY_GUARD) private readonly guard: Guard,
    @Inject(LATCHKEY_OPTIONS) private readonly options: LatchkeyOptions,
  ) {}

  /** Rejects only if the service refuses the credentials, which no waiting changes. */
  async onModuleInit(): Promise<void> {
    const ready = this.guard.ready();
    if (await this.#isWithinLimit(ready)) return;
    this.#logger.error('Cannot reach the service. Requests are answered with 503 until it can be reached.');
    ready.then(
      () => this.#logger.log('The service has been reached. Requests are checked from now on.'),
      (error: unknown) => this.#logger.error('The service refuses the credentials of this client.', error),
    );
  }

  /** Before Nest closes its servers, which would wait for open streams. */
  async beforeApplicationShutdown(): Promise<void> {
    if (!('guard' in this.options)) await this.guard.close();
  }

  async #isWithinLimit(ready: Promise<void>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, this.options.readyTimeoutMs ?? READY_TIMEOUT_MS, false);
    });
    try {
      return await Promise.race([ready.then(() => true), limit]);
    } finally {
      clearTimeout(timer);
    }
  }
}
