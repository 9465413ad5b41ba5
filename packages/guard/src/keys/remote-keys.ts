import type { PublicKeys } from '@latchkey/access-token/verified-tokens';
import type { CryptoKey } from 'jose';
import { importKeySet } from './import-key-set.js';

/** The max-age of the service's key set. A key that was removed from it is trusted for this long at most. */
const REFRESH_MS = 300_000;
/** The least time between two fetches, however many tokens name unknown keys. */
export const COOL_DOWN_MS = 30_000;
/** Delays after the first failures, before any keys are known. */
const FIRST_RETRIES_MS = [250, 500, 1_000, 2_000, 5_000, 10_000];

export interface RemoteKeysOptions {
  /** Fetches the key set (RFC 7517 §5). */
  readonly fetchKeySet: () => Promise<unknown>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** A fetch failed. It is repeated later. */
  readonly onError: (error: unknown) => void;
}

/** The keys could not be fetched, so that it is unknown whether a key exists. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/**
 * The published keys of the service, used from memory and fetched again in the background.
 *
 * jose's `createRemoteJWKSet` does not fit: it cannot answer synchronously, refuses every token while the set is out of
 * date and cannot be fetched, and fetches once per unknown key while fetches fail.
 */
export class RemoteKeys implements PublicKeys<CryptoKey> {
  readonly #options: RemoteKeysOptions;
  #keys: ReadonlyMap<string, CryptoKey> = new Map();
  #fetching: Promise<void> | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  readonly #loaded: Promise<void>;
  #resolveLoaded: () => void = () => {};

  constructor(options: RemoteKeysOptions) {
    this.#options = options;
    this.#loaded = new Promise((resolve) => {
      this.#resolveLoaded = resolve;
    });
  }

  start(): void {
    void this.#refresh();
  }

  /** Resolves once the keys have been fetched for the first time. */
  ready(): Promise<void> {
    return this.#loaded;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#resolveLoaded();
  }

  publicKey(kid: string): CryptoKey | undefined {
    return this.#keys.get(kid);
  }

  /**
   * Finds a key, and fetches the key set if it is not known and the last fetch was not just now.
   *
   * @returns undefined if the service has not published it
   * @throws {KeysUnavailable}
   */
  async find(kid: string): Promise<CryptoKey | undefined> {
    const known = this.#keys.get(kid);
    if (known) return known;
    if (this.#fetching) await this.#fetching;
    else if (this.#options.now() - this.#fetchedAt >= COOL_DOWN_MS) await this.#refresh();
    const found = this.#keys.get(kid);
    if (!found && this.#failures > 0) throw new KeysUnavailable('the key set could not be fetched');
    return found;
  }

  /** Never rejects. Joins a fetch that is under way. */
  #refresh(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    clearTimeout(this.#timer);
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
      if (this.#keys.size > 0) this.#resolveLoaded();
      if (!this.#isStopped) this.#timer = setTimeout(() => void this.#refresh(), this.#nextDelay()).unref();
    });
    return this.#fetching;
  }

  /** A failed fetch keeps the keys: an outage of the service does not make its tokens invalid. */
  async #fetch(): Promise<void> {
    this.#fetchedAt = this.#options.now();
    try {
      this.#keys = await importKeySet(await this.#options.fetchKeySet());
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      if (!this.#isStopped) this.#options.onError(error);
    }
  }

  #nextDelay(): number {
    if (this.#failures === 0) return REFRESH_MS;
    return (this.#keys.size === 0 ? FIRST_RETRIES_MS[this.#failures - 1] : undefined) ?? COOL_DOWN_MS;
  }
}
