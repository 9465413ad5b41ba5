import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { clientSecretHash, MAX_CLIENT_SECRETS } from '../config/client-definitions.js';
import { AppError } from '../errors/app-error.js';
import type { ClientPermission } from '../policy/client-permissions.js';
import { type BasicCredentials, basicCredentials } from './basic-credentials.js';
import { ClientRegistry } from './client-registry.js';
import type { ClientSecretHash, RegisteredClient } from './registered-client.js';

/** A client, and the secret that it has presented. */
export interface AuthenticatedClient {
  readonly client: RegisteredClient;
  readonly secretId: string;
}

/** No secret has this hash: its length is right, and SHA-256 cannot be inverted. */
const NO_HASH = Buffer.alloc(32);

/** Authenticates registered clients by HTTP Basic, from memory unless they are unknown. */
@Injectable()
export class ClientAuthentication {
  constructor(private readonly clients: ClientRegistry) {}

  /**
   * An unknown id and a wrong secret get the same answer, after the same work: both may have been added a moment ago.
   *
   * @param authorization the header of the request
   * @throws {AppError} invalid_client, or when the clients cannot be read
   */
  async authenticate(authorization: string | undefined): Promise<AuthenticatedClient> {
    const credentials = basicCredentials(authorization);
    if (!credentials) throw new AppError('invalid_client');
    const known = this.find(credentials);
    if (known) return known;
    await this.clients.readNow();
    const added = this.find(credentials);
    if (!added) throw new AppError('invalid_client');
    return added;
  }

  /** @throws {AppError} like `authenticate`, or insufficient_permission */
  async authorize(
    authorization: string | undefined,
    permission: ClientPermission,
  ): Promise<AuthenticatedClient> {
    const authenticated = await this.authenticate(authorization);
    if (!authenticated.client.permissions.includes(permission)) {
      throw new AppError('insufficient_permission', { detail: `It needs the permission ${permission}.` });
    }
    return authenticated;
  }

  /** Whether the client is still registered with this secret and permission. */
  isValid({ client, secretId }: AuthenticatedClient, permission: ClientPermission): boolean {
    const now = this.clients.find(client.clientId);
    if (!now) return false;
    return now.permissions.includes(permission) && now.secrets.some(({ id }) => id === secretId);
  }

  private find({ clientId, secrets }: BasicCredentials): AuthenticatedClient | undefined {
    const client = this.clients.find(clientId);
    const secret = matching(client?.secrets ?? [], secrets.map(clientSecretHash));
    return client && secret ? { client, secretId: secret.id } : undefined;
  }
}

/** The secret with one of these hashes. Compares as often for any number of secrets. */
function matching(
  secrets: readonly ClientSecretHash[],
  hashes: readonly Buffer[],
): ClientSecretHash | undefined {
  let found: ClientSecretHash | undefined;
  for (let i = 0; i < Math.max(MAX_CLIENT_SECRETS, secrets.length); i++) {
    const secret = secrets[i];
    for (const hash of hashes) if (timingSafeEqual(hash, secret?.hash ?? NO_HASH)) found = secret;
  }
  return found;
}
