import type { ClientStore } from '../clients/client-store.js';
import { configuredClient, type RegisteredClient } from '../clients/registered-client.js';
import {
  type ClientDefinition,
  readAudiences,
  readClientId,
  readPermissions,
} from '../config/client-definitions.js';
import { AppError } from '../errors/app-error.js';
import { errorMessage } from '../errors/error-message.js';
import { inColumns, print, printColumns, requirePrinted } from './print.js';

/** The commands about registered clients. */
export class ClientCommands {
  private readonly configured: readonly RegisteredClient[];

  /** @param definitions the clients that the environment of this command configures */
  constructor(
    private readonly clients: ClientStore,
    definitions: readonly ClientDefinition[],
  ) {
    this.configured = definitions.map(configuredClient);
  }

  async add(id: string, permissions: readonly string[], audiences: readonly string[]): Promise<void> {
    const client = checked(() => ({
      clientId: readClientId(id),
      permissions: readPermissions(permissions),
      audiences: readAudiences(audiences),
    }));
    this.requireNotConfigured(id);
    await printSecret(id, await this.clients.add(client));
  }

  async list(): Promise<void> {
    const stored = await this.clients.list();
    for (const client of this.configured) printClient(client);
    for (const client of stored) {
      printClient(
        client,
        this.isConfigured(client.clientId) ? 'ignored: LATCHKEY_CLIENTS has the same id' : null,
      );
    }
    if (stored.length + this.configured.length === 0) print('no clients');
  }

  async rotate(id: string): Promise<void> {
    this.requireNotConfigured(id);
    await printSecret(id, await this.clients.addSecret(id));
  }

  async revokeOldSecrets(id: string): Promise<void> {
    this.requireNotConfigured(id);
    const count = await this.clients.revokeOldSecrets(id);
    print(`revoked ${count} ${count === 1 ? 'secret' : 'secrets'}; the newest stays valid`);
  }

  async remove(id: string): Promise<void> {
    if (await this.clients.remove(id)) print(`removed ${id}`);
    else {
      this.requireNotConfigured(id);
      throw new AppError('not_found', { detail: `there is no client ${id}` });
    }
  }

  private isConfigured(id: string): boolean {
    return this.configured.some(({ clientId }) => clientId === id);
  }

  private requireNotConfigured(id: string): void {
    if (!this.isConfigured(id)) return;
    throw new AppError('validation_failed', {
      detail: `client ${id} is configured in LATCHKEY_CLIENTS: change it there`,
    });
  }
}

/** @throws {AppError} validation_failed */
function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new AppError('validation_failed', { detail: `the client has ${(cause as Error).message}`, cause });
  }
}

/** @throws {AppError} if it was not printed, although it was committed */
async function printSecret(id: string, secret: string): Promise<void> {
  try {
    await requirePrinted(inColumns('secret', secret, '(shown only now: the service keeps a hash of it)'));
  } catch (cause) {
    throw new AppError('internal_error', {
      detail: `the secret was added, but could not be printed (${errorMessage(cause)}): run "latchkey client rotate ${id}" for another one`,
      cause,
    });
  }
}

function printClient(client: RegisteredClient, remark: string | null = null): void {
  const { clientId, permissions, audiences, secrets, source } = client;
  printColumns(
    clientId,
    permissions.join(',') || '-',
    audiences.join(',') || '-',
    remark === null ? source : `${source} (${remark})`,
    secretsText(secrets),
  );
}

function secretsText(secrets: RegisteredClient['secrets']): string {
  const dates = secrets.flatMap(({ createdAt }) => createdAt?.toISOString() ?? []);
  const count = `${secrets.length} ${secrets.length === 1 ? 'secret' : 'secrets'}`;
  return dates.length === 0 ? count : `${count} of ${dates.join(', ')}`;
}
