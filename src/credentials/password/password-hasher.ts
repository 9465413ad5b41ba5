import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { hashSync } from '@node-rs/argon2';
import { BulkheadRejectedError, bulkhead } from 'cockatiel';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { type HashingTask, HashingThreads } from './hashing-threads.js';
import { passwordText } from './password-text.js';

/** A hash takes some tens of milliseconds, so a full queue has moved on by then. */
const RETRY_AFTER_SECONDS = 1;

/**
 * argon2id on threads of its own, off the event loop. Each hash takes `memoryKiB` of memory and a core, so only some run
 * at once and only some wait: beyond that a login is refused at once instead of taking the service down with it.
 */
@Injectable()
export class PasswordHasher implements OnApplicationShutdown {
  private readonly parameters;
  private readonly phcPrefix: string;
  private readonly turns;
  private readonly threads = new HashingThreads();
  /** Nobody's password, hashed with the parameters of today. */
  private readonly nobody: string;

  constructor(@Inject(Config) { passwords }: Pick<Config, 'passwords'>) {
    const { memoryKiB, passes, parallelism, concurrency, queueSize } = passwords;
    this.parameters = { memoryCost: memoryKiB, timeCost: passes, parallelism };
    this.phcPrefix = `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$`;
    this.turns = bulkhead(concurrency, queueSize);
    // At once, so that parameters this machine cannot meet end the start and not the first login.
    this.nobody = hashSync(randomBytes(32), this.parameters);
  }

  /**
   * @returns the hash in PHC string format
   * @throws {AppError} `overloaded`
   */
  async hash(password: string): Promise<string> {
    return this.inTurn<string>({ hash: passwordText(password), options: this.parameters });
  }

  /** @throws {AppError} `overloaded` */
  async verify(passwordHash: string, password: string): Promise<boolean> {
    return this.inTurn<boolean>({ verify: passwordText(password), against: passwordHash });
  }

  /**
   * Takes the time of a verification that fails, so that an unknown address cannot be told from a known one
   * (OWASP Authentication Cheat Sheet, "Authentication and Error Messages").
   *
   * @throws {AppError} `overloaded`
   */
  async verifyAgainstNobody(password: string): Promise<false> {
    await this.verify(this.nobody, password);
    return false;
  }

  /** Whether the hash was made with other parameters than the configured ones. */
  needsRehash(passwordHash: string): boolean {
    return !passwordHash.startsWith(this.phcPrefix);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.threads.stop();
  }

  private async inTurn<T extends string | boolean>(task: HashingTask): Promise<T> {
    try {
      return (await this.turns.execute(() => this.threads.run(task))) as T;
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new AppError('overloaded', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error });
    }
  }
}
