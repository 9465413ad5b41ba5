import type { ClientDefinition } from '../config/client-definitions.js';
import { CLIENT_PERMISSIONS, type ClientPermission } from '../policy/client-permissions.js';

export interface ClientSecretHash {
  /** Identifies the secret in this process, also after another one was added or removed. */
  readonly id: string;
  readonly hash: Buffer;
  /** `null` for a configured one. */
  readonly createdAt: Date | null;
}

/** A resource server or gateway that may use the service. */
export interface RegisteredClient {
  readonly clientId: string;
  /** Every one of them is valid. */
  readonly secrets: readonly ClientSecretHash[];
  readonly permissions: readonly ClientPermission[];
  /** The `aud` of the tokens that it accepts. */
  readonly audiences: readonly string[];
  readonly source: 'configuration' | 'database';
}

/** A client as it is read from the database: `READ_CLIENTS` of `client-store.ts`. */
export interface ClientRow {
  readonly clientId: string;
  readonly permissions: readonly string[];
  readonly audiences: readonly string[];
  readonly secrets: readonly { readonly id: string; readonly hash: string; readonly createdAt: string }[];
}

export function configuredClient(definition: ClientDefinition): RegisteredClient {
  const { clientId, secretHashes, permissions, audiences } = definition;
  const secrets = secretHashes.map((hash) => ({ id: hash.toString('hex'), hash, createdAt: null }));
  return { clientId, secrets, permissions, audiences, source: 'configuration' };
}

export function storedClient({ clientId, permissions, audiences, secrets }: ClientRow): RegisteredClient {
  return {
    clientId,
    secrets: secrets.map(({ id, hash, createdAt }) => ({
      id,
      hash: Buffer.from(hash, 'hex'),
      createdAt: new Date(createdAt),
    })),
    // A later release may have written others, which mean nothing to this one.
    permissions: CLIENT_PERMISSIONS.filter((known) => permissions.includes(known)),
    audiences,
    source: 'database',
  };
}
