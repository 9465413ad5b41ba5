import type { DataSource, EntityManager } from 'typeorm';
import { ADVISORY_LOCKS } from '../../database/advisory-locks.js';
import { readKeys } from './key-set.js';
import { Seal } from './seal.js';
import { createSealedKey, openSealedKey, UnusableSigningKey } from './sealed-key.js';
import { SigningKey } from './signing-key.entity.js';

/**
 * Replaces the signing keys, because one may have leaked. First the new key is published, and signs only once every
 * verifier knows it; then the others are removed. So no instance refuses a token of the new key.
 */
export class KeyReplacement {
  readonly #seal: Seal;

  /** @param rotationMs how long a key signs before it is replaced by itself */
  constructor(
    private readonly dataSource: DataSource,
    secret: Buffer,
    private readonly rotationMs: number,
  ) {
    this.#seal = new Seal(secret, 'signing keys');
  }

  /**
   * @param aheadMs how long before it signs
   * @returns the `kid`
   * @throws {UnusableSigningKey} with another secret than that of the service
   */
  async publish(aheadMs: number): Promise<string> {
    return this.#locked(async (manager) => {
      const { rows, now } = await readKeys(manager);
      for (const row of rows) openSealedKey(this.#seal, row);
      const key = createSealedKey(this.#seal);
      const signsFrom = now + aheadMs;
      await manager.insert(SigningKey, {
        ...key,
        signsFrom: new Date(signsFrom),
        signsUntil: new Date(signsFrom + this.rotationMs),
      });
      return key.kid;
    });
  }

  /**
   * Removes all keys but one.
   *
   * @returns how many
   * @throws {UnusableSigningKey} if that key is no longer there: without it, no key would be left
   */
  async removeOthers(kid: string): Promise<number> {
    return this.#locked(async (manager) => {
      if (!(await manager.existsBy(SigningKey, { kid }))) {
        throw new UnusableSigningKey(`another replacement has removed ${kid}; no key was removed`);
      }
      const [, count] = await manager.query<[unknown[], number]>('DELETE FROM signing_keys WHERE kid <> $1', [
        kid,
      ]);
      return count;
    });
  }

  /** An instance may be about to rotate the keys. */
  async #locked<T>(change: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCKS.signingKeys]);
      return change(manager);
    });
  }
}
