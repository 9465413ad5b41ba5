import { Client } from 'pg';
import type { Api } from './api.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { freePort } from './free-port.js';
import { serviceEnv } from './service-env.js';
import { ServiceProcess } from './service-process.js';

const CLIENT_ID = 'orders';
const CLIENT_SECRET = 'a secret of the tests';

/** A single instance of the service, at its public URL, with a registered client for resource servers. */
export class GuardedService {
  private constructor(
    /** The issuer of tokens, where the service can also be reached. */
    readonly issuer: string,
    readonly process: ServiceProcess,
    private readonly database: TestDatabase,
    private readonly postgres: Client,
  ) {}

  /** @param port for an environment that names the issuer, `http://localhost:<port>` */
  static async start(env: Record<string, string> = {}, port?: number): Promise<GuardedService> {
    const database = await createTestDatabase();
    const listensOn = port ?? (await freePort());
    const issuer = `http://localhost:${listensOn}`;
    const postgres = new Client({ connectionString: database.url });
    const client = { client_id: CLIENT_ID, client_secrets: [CLIENT_SECRET], permissions: ['guard'] };
    const [service] = await Promise.all([
      ServiceProcess.start(
        serviceEnv(database.url, {
          PORT: String(listensOn),
          LATCHKEY_ISSUER: issuer,
          LATCHKEY_CLIENTS: JSON.stringify([client]),
          ...env,
        }),
      ),
      postgres.connect(),
    ]);
    return new GuardedService(issuer, service, database, postgres);
  }

  get api(): Api {
    return this.process.api;
  }

  /** What a resource server has to know, as the examples read it. */
  get clientEnv(): Record<string, string> {
    return {
      LATCHKEY_ISSUER: this.issuer,
      LATCHKEY_CLIENT_ID: CLIENT_ID,
      LATCHKEY_CLIENT_SECRET: CLIENT_SECRET,
    };
  }

  /** Runs one SQL statement, bypassing the service. */
  readonly sql = async (statement: string, parameters: unknown[] = []): Promise<void> => {
    await this.postgres.query(statement, parameters);
  };

  async stop(): Promise<void> {
    await Promise.all([this.process.stop(), this.postgres.end()]);
    await this.database.drop();
  }
}
