import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { clientSecretHash, MAX_CLIENT_SECRETS } from '../config/client-definitions.js';
import { AppError } from '../errors/app-error.js';
import type { ClientPermission } from '../policy/client-permissions.js';
import { basicCredentials } from './basic-credentials.js';
import { ClientRegistry } from './client-registry.js';
import type { ClientSecretHash, RegisteredClient } from './registered-client.js';

/** A client, and the secret that it has presented. */
export interface AuthenticatedClient {
  readonly client: RegisteredClient;
  readonly secretId: string;
}

/** No secret has this hash: its length is right, and SHA-256 cannot be inverted. */
const NO_HASH = Buffer.alloc(32);

/** Authenticates registered clients by HTTP Basic, from memory. */
@Injectable()
export class ClientAuthentication {
  constructor(private readonly clients: ClientRegistry) {}

  /**
   * An unknown id and a wrong secret get the same answer, after the same work.
   *
   * @param authorization the header of the request
   * @throws {AppError} invalid_client
   */
  authenticate(authorization: string | undefined): AuthenticatedClient {
    const credentials = basicCredentials(authorization);
    if (!credentials) throw new AppError('invalid_client');
    const client = this.clients.find(credentials.clientId);
    const secret = matching(client?.secrets ?? [], credentials.secrets.map(clientSecretHash));
    if (!client || !secret) throw new AppError('invalid_client');
    return { client, secretId: secret.id };
  }

  /** @throws {AppError} invalid_client, or insufficient_permission */
  authorize(authorization: string | undefined, permission: ClientPermission): AuthenticatedClient {
    const authenticated = this.authenticate(authorization);
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
