import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { hashSync } from '@node-rs/argon2';
import { BulkheadRejectedError, bulkhead } from 'cockatiel';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { type HashingTask, HashingThreads } from './hashing-threads.js';
import { passwordText } from './password-text.js';

/** A hash takes tens of milliseconds, so by then a full queue has room again. */
const RETRY_AFTER_SECONDS = 1;

/**
 * Hashes with argon2id on separate threads, off the event loop. Each hash needs `memoryKiB` of memory and a
 * core, so the numbers of running and waiting hashes are limited. A login beyond them is refused at once and
 * does not overload the service.
 */
@Injectable()
export class PasswordHasher implements OnApplicationShutdown {
  private readonly parameters;
  private readonly phcPrefix: string;
  private readonly queue;
  private readonly threads = new HashingThreads();
  /** The hash of a random password, with the configured parameters. */
  private readonly unknownUserHash: string;

  constructor(@Inject(Config) { passwords }: Pick<Config, 'passwords'>) {
    const { memoryKiB, passes, parallelism, concurrency, queueSize } = passwords;
    this.parameters = { memoryCost: memoryKiB, timeCost: passes, parallelism };
    this.phcPrefix = `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$`;
    this.queue = bulkhead(concurrency, queueSize);
    // Synchronously, so that parameters that this machine cannot handle fail at start and not at the first
    // login.
    this.unknownUserHash = hashSync(randomBytes(32), this.parameters);
  }

  /**
   * @returns the hash in PHC string format
   * @throws {AppError} `overloaded`
   */
  async hash(password: string): Promise<string> {
    return this.enqueue<string>({ hash: passwordText(password), options: this.parameters });
  }

  /** @throws {AppError} `overloaded` */
  async verify(passwordHash: string, password: string): Promise<boolean> {
    return this.enqueue<boolean>({ verify: passwordText(password), against: passwordHash });
  }

  /**
   * Takes as long as a failed verification, so that the response time does not reveal whether an address is
   * registered (OWASP Authentication Cheat Sheet, "Authentication and Error Messages").
   *
   * @throws {AppError} `overloaded`
   */
  async verifyForUnknownUser(password: string): Promise<false> {
    await this.verify(this.unknownUserHash, password);
    return false;
  }

  /** Whether the hash was made with other parameters than the configured ones. */
  needsRehash(passwordHash: string): boolean {
    return !passwordHash.startsWith(this.phcPrefix);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.threads.stop();
  }

  private async enqueue<T extends string | boolean>(task: HashingTask): Promise<T> {
    try {
      return (await this.queue.execute(() => this.threads.run(task))) as T;
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new AppError('overloaded', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error });
    }
  }
}
