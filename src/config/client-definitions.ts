import { createHash } from 'node:crypto';
import { CLIENT_PERMISSIONS, type ClientPermission } from '../policy/client-permissions.js';
import type { Reader } from './readers.js';

/** A client that the configuration registers. */
export interface ClientDefinition {
  readonly clientId: string;
  /** Only hashes, so that no later error or log can contain a secret. */
  readonly secretHashes: readonly Buffer[];
  readonly shortestSecretBytes: number;
  readonly permissions: readonly ClientPermission[];
  readonly audiences: readonly string[];
}

/** Two for a rotation, and some for rotations that were not completed. */
export const MAX_CLIENT_SECRETS = 5;
/** In production; as long as the other secrets of the service. */
export const CLIENT_SECRET_MIN_BYTES = 32;
const DEVELOPMENT_SECRET_MIN_BYTES = 8;
const MAX_AUDIENCES = 20;

/** The characters that need no encoding in a URL or a form: clients that forget to encode the id still work. */
const CLIENT_ID = /^[A-Za-z0-9._~-]{1,64}$/;
/** RFC 6749 A.2. */
const SECRET = /^[\x20-\x7e]{1,256}$/;
const AUDIENCE = /^[\x21-\x7e]{1,255}$/;
const MEMBERS = ['client_id', 'client_secrets', 'permissions', 'audiences'];

/**
 * The hash that is kept of a secret. A slow hash such as argon2id protects passwords, which can be guessed. The secrets
 * of clients are random, with 256 bits; and anyone can cause a comparison, so it has to be cheap.
 */
export function clientSecretHash(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** `LATCHKEY_CLIENTS`. No message repeats a part of the text, which contains secrets. */
export const clientDefinitions: Reader<readonly ClientDefinition[]> = (text) => {
  const clients = parse(text).map(clientDefinition);
  const ids = clients.map(({ clientId }) => clientId);
  const duplicate = ids.find((id, index) => ids.indexOf(id) !== index);
  if (duplicate !== undefined) throw new TypeError(`must not contain the client ${duplicate} twice`);
  return clients;
};

function parse(text: string): unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Its message quotes the text.
    throw new TypeError('must be valid JSON');
  }
  if (!Array.isArray(parsed)) throw new TypeError('must be a JSON array of clients');
  return parsed;
}

function clientDefinition(value: unknown, index: number): ClientDefinition {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`must be a JSON array of objects; element ${index} is none`);
  }
  const { client_id, client_secrets, permissions, audiences = [] } = value as Record<string, unknown>;
  try {
    const unknown = Object.keys(value).find((member) => !MEMBERS.includes(member));
    if (unknown !== undefined)
      throw new TypeError(`an unknown member ${JSON.stringify(unknown.slice(0, 64))}`);
    const clientId = readClientId(client_id);
    const secrets = readSecrets(client_secrets);
    return {
      clientId,
      secretHashes: secrets.map(clientSecretHash),
      shortestSecretBytes: Math.min(...secrets.map((secret) => Buffer.byteLength(secret))),
      permissions: readPermissions(permissions),
      audiences: readAudiences(audiences),
    };
  } catch (error) {
    const name = typeof client_id === 'string' && CLIENT_ID.test(client_id) ? client_id : `element ${index}`;
    throw new TypeError(`is invalid: ${name} has ${(error as Error).message}`);
  }
}

/** @throws {TypeError} with a message that continues "the client has" */
export function readClientId(value: unknown): string {
  if (typeof value === 'string' && CLIENT_ID.test(value)) return value;
  throw new TypeError('an invalid client_id: 1 to 64 letters, digits, dots, tildes, hyphens and underscores');
}

/** @throws {TypeError} with a message that continues "the client has" */
export function readPermissions(value: unknown): ClientPermission[] {
  const isPermission = (one: unknown) => CLIENT_PERMISSIONS.includes(one as ClientPermission);
  if (!Array.isArray(value) || value.length === 0 || !value.every(isPermission)) {
    throw new TypeError(`invalid permissions: one or more of ${CLIENT_PERMISSIONS.join(', ')}`);
  }
  return [...new Set(value)];
}

/** @throws {TypeError} with a message that continues "the client has" */
export function readAudiences(value: unknown): string[] {
  const isAudience = (one: unknown) => typeof one === 'string' && AUDIENCE.test(one);
  if (!Array.isArray(value) || value.length > MAX_AUDIENCES || !value.every(isAudience)) {
    throw new TypeError(`invalid audiences: up to ${MAX_AUDIENCES} texts such as https://api.example.com`);
  }
  return [...new Set(value)];
}

function readSecrets(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CLIENT_SECRETS) {
    throw new TypeError(`no list of 1 to ${MAX_CLIENT_SECRETS} client_secrets`);
  }
  const isSecret = (one: unknown) =>
    typeof one === 'string' && SECRET.test(one) && one.length >= DEVELOPMENT_SECRET_MIN_BYTES;
  if (!value.every(isSecret)) {
    throw new TypeError(
      `an invalid secret: ${DEVELOPMENT_SECRET_MIN_BYTES} to 256 printable ASCII characters; make one with: openssl rand -hex 32`,
    );
  }
  if (new Set(value).size < value.length) throw new TypeError('the same secret twice');
  return value;
}
