import { randomBytes } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { v7 as newId } from 'uuid';
import { clientSecretHash, MAX_CLIENT_SECRETS } from '../config/client-definitions.js';
import { AppError } from '../errors/app-error.js';
import type { ClientPermission } from '../policy/client-permissions.js';
import { Client, ClientSecret } from './client.entity.js';
import { type ClientRow, type RegisteredClient, storedClient } from './registered-client.js';

/** 256 bits. */
const SECRET_BYTES = 32;
/** Lets secret scanners and people recognise it. */
const SECRET_PREFIX = 'lks_';

// Without the time of the read, so that two reads of the same clients are equal.
const READ_CLIENTS = `
  SELECT client_id AS "clientId", permissions, audiences, (
    SELECT coalesce(json_agg(json_build_object(
      'id', s.id, 'hash', encode(s.hash, 'hex'), 'createdAt', s.created_at) ORDER BY s.created_at, s.id), '[]')
    FROM client_secrets s WHERE s.client_id = c.client_id) AS secrets
  FROM clients c ORDER BY client_id`;

export interface NewClient {
  readonly clientId: string;
  readonly permissions: readonly ClientPermission[];
  readonly audiences: readonly string[];
}

/** The clients in the database. */
export class ClientStore {
  constructor(private readonly dataSource: DataSource) {}

  async list(): Promise<RegisteredClient[]> {
    return (await this.dataSource.query<ClientRow[]>(READ_CLIENTS)).map(storedClient);
  }

  /** @returns the secret, of which only a hash is kept. @throws {AppError} validation_failed if the id is taken */
  async add({ clientId, permissions, audiences }: NewClient): Promise<string> {
    return this.dataSource.transaction(async (manager) => {
      const [added] = await manager.query<unknown[]>(
        `INSERT INTO clients (client_id, permissions, audiences) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING RETURNING client_id`,
        [clientId, permissions, audiences],
      );
      if (!added) throw invalid(`there is a client ${clientId} already`);
      return addSecret(manager, clientId);
    });
  }

  /** Adds a secret; the others stay valid. @throws {AppError} not_found, or validation_failed if there are too many */
  async addSecret(clientId: string): Promise<string> {
    return this.dataSource.transaction(async (manager) => {
      await lock(manager, clientId);
      if ((await manager.countBy(ClientSecret, { clientId })) >= MAX_CLIENT_SECRETS) {
        throw invalid(
          `client ${clientId} has ${MAX_CLIENT_SECRETS} secrets already: revoke the old ones first (client rotate ${clientId} --revoke-old)`,
        );
      }
      return addSecret(manager, clientId);
    });
  }

  /** Revokes every secret but the newest. @returns how many. @throws {AppError} not_found */
  async revokeOldSecrets(clientId: string): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      await lock(manager, clientId);
      const [, count] = await manager.query<[unknown[], number]>(
        `DELETE FROM client_secrets WHERE client_id = $1 AND id <> (
           SELECT id FROM client_secrets WHERE client_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1)`,
        [clientId],
      );
      return count;
    });
  }

  /** @returns whether there was such a client */
  async remove(clientId: string): Promise<boolean> {
    const { affected } = await this.dataSource.getRepository(Client).delete({ clientId });
    return affected === 1;
  }
}

/** Of two commands at once, one waits for the other. */
async function lock(manager: EntityManager, clientId: string): Promise<void> {
  const [found] = await manager.query<unknown[]>('SELECT FROM clients WHERE client_id = $1 FOR UPDATE', [
    clientId,
  ]);
  if (!found) throw new AppError('not_found', { detail: `there is no client ${clientId}` });
}

async function addSecret(manager: EntityManager, clientId: string): Promise<string> {
  const secret = SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
  await manager.query('INSERT INTO client_secrets (id, client_id, hash) VALUES ($1, $2, $3)', [
    newId(),
    clientId,
    clientSecretHash(secret),
  ]);
  return secret;
}

function invalid(detail: string): AppError {
  return new AppError('validation_failed', { detail });
}
