import { createGuard, type Guard, type GuardOptions } from '@latchkey/guard';
import { AUDIENCE, CREDENTIALS, ISSUER, type ProtocolService } from './protocol-service.js';

/** Guards of one test file, closed together. */
export class ConnectedGuards {
  readonly errors: unknown[] = [];
  readonly #guards: Guard[] = [];

  constructor(private readonly service: ProtocolService) {}

  /** A guard that has not connected yet. */
  create(options: Partial<GuardOptions> = {}): Guard {
    const guard = createGuard({
      issuer: ISSUER,
      service: this.service.url,
      audience: AUDIENCE,
      ...CREDENTIALS,
      onError: (error) => this.errors.push(error),
      ...options,
    });
    this.#guards.push(guard);
    return guard;
  }

  async connect(options: Partial<GuardOptions> = {}): Promise<Guard> {
    const guard = this.create(options);
    await guard.ready();
    return guard;
  }

  async close(): Promise<void> {
    await Promise.all(this.#guards.map((guard) => guard.close()));
  }
}
