import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type pg from 'pg';
import { errorMessage } from '../errors/error-message.js';
import { ADVISORY_LOCKS, KEEP_IDLE_SESSION } from './advisory-locks.js';
import { CONNECTED_SERVER, type ConnectedServer, isPooled } from './connection-pooler.js';
import { createClient } from './primary-client.js';
import { StandbyServer } from './standby-server.js';

const RETRY_MS = 1_000;
const TIMEOUT_MS = 2_000;

/** Another instance uses this database, and one of the two has no Redis, so neither learns of the other's revocations. */
export class SecondInstance extends Error {
  override readonly name = 'SecondInstance';

  constructor(hasRedis: boolean) {
    super(
      hasRedis
        ? 'another instance uses this database without Redis: stop it first, or set REDIS_URL on both'
        : 'another instance uses this database, and this one has no Redis: set REDIS_URL on both to run more than one',
    );
  }
}

/**
 * Holds an advisory lock while this instance runs. Without Redis the lock is exclusive, because the caches of another
 * instance could not be notified of a revocation. Instances with Redis share it, which keeps one without Redis away.
 */
export class InstanceLock {
  private readonly logger = new Logger(InstanceLock.name);
  /** Identifies this instance's earlier connection if the server still has it. */
  private readonly name = `latchkey-${randomUUID()}`;
  private client: pg.Client | null = null;
  private isStopped = false;

  /** @param onLost called when another instance took the lock while Postgres was unreachable */
  constructor(
    private readonly url: string,
    private readonly hasRedis: boolean,
    private readonly onLost: (error: SecondInstance) => void,
  ) {}

  /** @throws {SecondInstance} when another instance holds it; {StandbyServer}: its locks are not those of the primary */
  async acquire(): Promise<void> {
    const client = createClient(this.url, {
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      keepAlive: true,
      application_name: this.name,
    });
    // When the connection is lost, so is the lock. Acquire it again as soon as Postgres is back.
    client.on('error', () => this.reacquire(client));
    client.on('end', () => this.reacquire(client));
    try {
      await client.connect();
      if (await this.lock(client)) this.client = client;
      else await client.end();
    } catch (error) {
      // Not awaited: a server that hangs would not close the connection either.
      client.end().catch(() => {});
      throw error;
    }
  }

  async release(): Promise<void> {
    this.isStopped = true;
    const { client } = this;
    this.client = null;
    await client?.end();
  }

  /** @returns whether the connection has to stay open, because it holds the lock */
  private async lock(client: pg.Client): Promise<boolean> {
    const { rows } = await client.query<ConnectedServer>(CONNECTED_SERVER);
    const server = rows[0] as ConnectedServer;
    if (server.isStandby) throw new StandbyServer();
    // The server may not have noticed yet that this instance's earlier connection is closed.
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = $1 AND pid <> pg_backend_pid()`,
      [this.name],
    );
    // Waits for the backend that was just terminated, but not long: an index that is built concurrently waits for this.
    const timeout = `lock_timeout = ${TIMEOUT_MS / 2}`;
    // Behind a pooler, only a transaction keeps its connection. The lock has no parameters: pg would use the extended
    // protocol, whose portal keeps a snapshot until the transaction ends, and would delay every vacuum.
    const pooled = isPooled(client, server);
    if (pooled && this.hasRedis) {
      await this.requireUnlocked(client);
      return false;
    }
    await client.query(
      pooled
        ? `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL ${timeout}; SET LOCAL idle_in_transaction_session_timeout = 0`
        : `SET ${timeout}; ${KEEP_IDLE_SESSION}`,
    );
    const lock = pooled ? 'pg_advisory_xact_lock' : `pg_advisory_lock${this.hasRedis ? '_shared' : ''}`;
    try {
      await client.query(`SELECT ${lock}(${ADVISORY_LOCKS.instances})`);
    } catch (error) {
      if ((error as pg.DatabaseError).code === LOCK_NOT_AVAILABLE) throw new SecondInstance(this.hasRedis);
      throw error;
    }
    return true;
  }

  /** Behind a pooler, every instance with Redis would keep one of its connections for the lock, so it only looks once. */
  private async requireUnlocked(client: pg.Client): Promise<void> {
    const { rows } = await client.query<{ isFree: boolean }>(
      `SELECT pg_try_advisory_xact_lock_shared(${ADVISORY_LOCKS.instances}) AS "isFree"`,
    );
    if (!rows[0]?.isFree) throw new SecondInstance(this.hasRedis);
  }

  private reacquire(lost: pg.Client): void {
    if (this.isStopped || this.client !== lost) return;
    this.client = null;
    this.logger.warn('lost the connection that held the lock of this instance');
    void this.retry();
  }

  private async retry(): Promise<void> {
    while (!this.isStopped && this.client === null) {
      try {
        await this.acquire();
        return this.logger.log('acquired the lock of this instance again');
      } catch (error) {
        if (error instanceof SecondInstance) return this.onLost(error);
        this.logger.debug(`the lock of this instance was not acquired yet: ${errorMessage(error)}`);
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
  }
}

/** SQLSTATE when a lock is not acquired in time. */
const LOCK_NOT_AVAILABLE = '55P03';
