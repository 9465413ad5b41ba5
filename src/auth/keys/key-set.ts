import type { KeyObject } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../../config/config.js';
import { ADVISORY_LOCKS } from '../../database/advisory-locks.js';
import { type KeySchedule, type KeyScheduleRules, keySchedule, keyScheduleRules } from './key-schedule.js';
import type { PublicJwk } from './public-jwk.js';
import { Seal } from './seal.js';
import { createSealedKey, type KeyPair, openSealedKey } from './sealed-key.js';
import { SigningKey } from './signing-key.entity.js';

/** How long the removal of a key may stay unnoticed while Postgres answers at once. */
const POLL_INTERVAL_MS = 2_000;

export interface StoredKeys {
  readonly rows: readonly SigningKey[];
  /** The database's clock, so that instances with different clocks agree on which key signs. */
  readonly now: number;
}

/** The keys that sign access tokens, stored in Postgres for all instances and used from memory. */
@Injectable()
export class KeySet implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger(KeySet.name);
  readonly #seal: Seal;
  readonly #rules: KeyScheduleRules;
  #pairs: ReadonlyMap<string, KeyPair> = new Map();
  #periods: readonly ReturnType<typeof periodOf>[] = [];
  /** The database's clock minus this process's monotonic clock. */
  #clockOffset = 0;
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> | null = null;
  #hasFailed = false;

  constructor(
    private readonly dataSource: DataSource,
    config: Config,
  ) {
    this.#seal = new Seal(config.secret, 'signing keys');
    this.#rules = keyScheduleRules(config.accessToken.keyRotationMs, config.accessToken.ttlSeconds);
  }

  /** @throws {Error} if the keys cannot be loaded: without them no token can be issued or verified */
  async onModuleInit(): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(() => this.#poll(), POLL_INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#timer);
    await this.#polling;
  }

  /** The key that signs now. */
  current(): Pick<KeyPair, 'kid' | 'privateKey'> {
    const { signing } = this.#schedule();
    const pair = signing === null ? undefined : this.#pairs.get(signing);
    if (!pair) throw new Error('no signing key has been loaded');
    return pair;
  }

  /** A published key. Answers from memory, so a forged `kid` causes no query. */
  publicKey(kid: string): KeyObject | undefined {
    return this.#pairs.get(kid)?.publicKey;
  }

  /** The published keys, in the same order on every instance. */
  jwks(): { keys: PublicJwk[] } {
    return { keys: this.#schedule().published.flatMap((kid) => this.#pairs.get(kid)?.publicJwk ?? []) };
  }

  /** Reads the table again, and creates or removes keys when they are due. */
  async refresh(): Promise<void> {
    let stored = await readKeys(this.dataSource.manager);
    if (isDue(this.#scheduleOf(stored))) {
      stored = await this.dataSource.transaction(async (manager) => {
        await manager.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCKS.signingKeys]);
        return this.#rotate(manager);
      });
    }
    this.#adopt(stored);
  }

  #poll(): void {
    this.#polling ??= this.#readAgain().finally(() => {
      this.#polling = null;
    });
  }

  /** Never rejects: the keys in memory stay in use. A successor is published long before it signs. */
  async #readAgain(): Promise<void> {
    try {
      await this.refresh();
      this.#hasFailed = false;
    } catch (error) {
      // Once for each outage.
      if (!this.#hasFailed) this.#logger.error('cannot refresh the signing keys; retrying', error);
      this.#hasFailed = true;
    }
  }

  /** Runs under the lock. Another instance may have made the same changes while this one waited for it. */
  async #rotate(manager: EntityManager): Promise<StoredKeys> {
    const stored = await readKeys(manager);
    // An instance with another secret must fail here, and not replace keys that it cannot open.
    for (const row of stored.rows) openSealedKey(this.#seal, row);
    const { signing, retired, successor } = this.#scheduleOf(stored);
    if (retired.length > 0) await manager.delete(SigningKey, [...retired]);
    if (successor) {
      const signsFrom = new Date(successor.signsFrom);
      if (signing !== null) await manager.update(SigningKey, { kid: signing }, { signsUntil: signsFrom });
      await manager.insert(SigningKey, {
        ...createSealedKey(this.#seal),
        signsFrom,
        signsUntil: new Date(successor.signsUntil),
      });
    }
    return readKeys(manager);
  }

  /** If one row cannot be opened, none of the keys in memory change. */
  #adopt({ rows, now }: StoredKeys): void {
    const pairs = new Map(
      rows.map((row) => [row.kid, this.#pairs.get(row.kid) ?? openSealedKey(this.#seal, row)]),
    );
    this.#periods = rows.map(periodOf);
    this.#pairs = pairs;
    this.#clockOffset = now - performance.now();
  }

  #schedule(): KeySchedule {
    return keySchedule(this.#periods, this.#clockOffset + performance.now(), this.#rules);
  }

  #scheduleOf({ rows, now }: StoredKeys): KeySchedule {
    return keySchedule(rows.map(periodOf), now, this.#rules);
  }
}

function isDue({ retired, successor }: KeySchedule): boolean {
  return retired.length > 0 || successor !== null;
}

function periodOf({ kid, signsFrom, signsUntil }: SigningKey) {
  return { kid, signsFrom: signsFrom.getTime(), signsUntil: signsUntil.getTime() };
}

export async function readKeys(manager: EntityManager): Promise<StoredKeys> {
  const rows = await manager.find(SigningKey, { order: { signsFrom: 'ASC', kid: 'ASC' } });
  // Not `now()`, which is the start of the transaction, before it waited for the lock.
  const [{ now }]: [{ now: Date }] = await manager.query('SELECT clock_timestamp() AS now');
  return { rows, now: now.getTime() };
}
