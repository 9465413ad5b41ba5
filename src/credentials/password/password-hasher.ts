import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { hashSync } from '@node-rs/argon2';
import { Config } from '../../config/config.js';
import { FairQueue } from '../../shares/fair-queue.js';
import { SERVICE_SHARE, type Share } from '../../shares/share.js';
import { inChildSpan } from '../../telemetry/tracing.js';
import { ComparedHashes } from './compared-hashes.js';
import { type HashingTask, HashingThreads } from './hashing-threads.js';
import { passwordText } from './password-text.js';

/** A person who waits longer for a login presses the button again. */
const MAX_WAIT_MS = 10_000;

/**
 * Hashes with argon2id on separate threads, off the event loop. Each hash needs `memoryKiB` of memory and a
 * core, so the numbers of running and waiting hashes are limited. A login beyond them is refused and does not overload
 * the service. No network and no account can keep the others waiting (`FairQueue`).
 */
@Injectable()
export class PasswordHasher implements OnApplicationShutdown {
  private readonly parameters;
  private readonly phcPrefix: string;
  private readonly queue: FairQueue;
  private readonly threads = new HashingThreads();
  private readonly compared: ComparedHashes;

  constructor(@Inject(Config) { passwords }: Pick<Config, 'passwords'>) {
    const { memoryKiB, passes, parallelism, concurrency, queueSize } = passwords;
    this.parameters = { memoryCost: memoryKiB, timeCost: passes, parallelism };
    this.phcPrefix = `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$`;
    this.queue = new FairQueue({ concurrency, places: queueSize, maxWaitMs: MAX_WAIT_MS });
    // Synchronously, so that parameters that this machine cannot handle fail at start and not at the first
    // login.
    this.compared = new ComparedHashes(hashSync(randomBytes(32), this.parameters));
  }

  /**
   * @returns the hash in PHC string format
   * @throws {AppError} `overloaded`
   */
  async hash(password: string, share = SERVICE_SHARE): Promise<string> {
    return this.enqueue<string>({ hash: passwordText(password), options: this.parameters }, share);
  }

  /**
   * The same work for every hash (`ComparedHashes`).
   *
   * @throws {AppError} `overloaded`
   */
  async verify(passwordHash: string, password: string, share = SERVICE_SHARE): Promise<boolean> {
    const against = this.compared.comparisonWith(passwordHash);
    return this.enqueue<boolean>({ verify: passwordText(password), against }, share);
  }

  /**
   * The same work as a verification, so that the response time does not reveal whether an address is registered
   * (OWASP Authentication Cheat Sheet, "Authentication and Error Messages").
   *
   * @throws {AppError} `overloaded`
   */
  async verifyForUnknownUser(password: string, share = SERVICE_SHARE): Promise<false> {
    const against = this.compared.comparisonWith(null);
    await this.enqueue<boolean>({ verify: passwordText(password), against }, share);
    return false;
  }

  /** Whether the hash was made with other parameters than the configured ones. */
  needsRehash(passwordHash: string): boolean {
    return !passwordHash.startsWith(this.phcPrefix);
  }

  /** Hashes that run and wait. */
  get load(): FairQueue['load'] {
    return this.queue.load;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.threads.stop();
  }

  private async enqueue<T extends string | boolean>(task: HashingTask, share: Share): Promise<T> {
    // With the wait in the queue, which is most of it on a busy instance.
    const run = () => this.queue.run(share, () => this.threads.run(task));
    return (await inChildSpan('hash password', {}, run)) as T;
  }
}
