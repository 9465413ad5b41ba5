import { createGuard, type Guard, type GuardOptions } from '@latchkey/guard';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';

const CLIENT = { clientId: 'orders', clientSecret: 'a secret of the orders API, for tests' };
const ISSUER = 'https://latchkey.test';
export const AUDIENCE = 'https://orders.example.com';

/** One instance of the service, on a port that it keeps when it is restarted, and guards that are connected to it. */
export class ServiceForGuards {
  readonly #guards: Guard[] = [];

  private constructor(
    private readonly database: TestDatabase,
    private readonly env: Record<string, string>,
    public process: ServiceProcess,
  ) {}

  static async start(more: Record<string, string> = {}): Promise<ServiceForGuards> {
    const database = await createTestDatabase();
    const env = serviceEnv(database.url, {
      PORT: String(await freePort()),
      LATCHKEY_ISSUER: ISSUER,
      LATCHKEY_AUDIENCE: AUDIENCE,
      LATCHKEY_CLIENTS: JSON.stringify([
        { client_id: CLIENT.clientId, client_secrets: [CLIENT.clientSecret], permissions: ['guard'] },
      ]),
      ...more,
    });
    return new ServiceForGuards(database, env, await ServiceProcess.start(env));
  }

  get url(): string {
    return this.process.url;
  }

  get api() {
    return this.process.api;
  }

  get guardOptions(): GuardOptions {
    return { issuer: ISSUER, service: this.url, audience: AUDIENCE, ...CLIENT };
  }

  async guard(options: Partial<GuardOptions> = {}): Promise<Guard> {
    const guard = createGuard({ ...this.guardOptions, onError: () => {}, ...options });
    this.#guards.push(guard);
    await guard.ready();
    return guard;
  }

  async restart(): Promise<void> {
    await this.process.stop();
    this.process = await ServiceProcess.start(this.env);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#guards.map((guard) => guard.close()));
    await this.process.stop();
    await this.database.drop();
  }
}
