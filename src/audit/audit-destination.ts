import { setTimeout as sleep } from 'node:timers/promises';
import sonicBoom, { type SonicBoom } from 'sonic-boom';
import { AUDIT_FILE_MODE, openAuditFile } from './audit-file.js';

const STANDARD_OUTPUT = 1;
/** Kept in memory while lines cannot be written: about 15,000 lines. */
const WAITING_MAX_BYTES = 8 * 1024 * 1024;
/** How often what waits is tried again, besides with each further line. */
const RETRY_MS = 1_000;
/** How long a stop waits for the last lines. */
const CLOSE_MAX_MS = 1_000;

export interface AuditObserver {
  /** @param isFirst whether the attempt before succeeded */
  failed(error: Error, isFirst: boolean): void;
  recovered(): void;
  /** A line was dropped, because too many wait. */
  lost(): void;
}

/** Writes lines to a file or standard output, in order and without blocking. Never fails a caller. */
export class AuditDestination {
  private readonly stream: SonicBoom;
  private readonly isRegularFile: boolean;
  private isFailing = false;
  private isWritten = true;
  private readonly retry: NodeJS.Timeout;
  private readonly reopen = () => this.stream.reopen();

  /**
   * @param target `stdout`, or the path of a file, which is opened again on SIGHUP if it is a regular one
   * @throws {UnusableAuditLog}
   */
  constructor(
    target: string,
    private readonly observer: AuditObserver,
  ) {
    const file = target === 'stdout' ? STANDARD_OUTPUT : openAuditFile(target);
    this.isRegularFile = typeof file === 'string';
    this.stream = new sonicBoom.SonicBoom({
      ...(typeof file === 'string' ? { dest: file, mode: AUDIT_FILE_MODE } : { fd: file }),
      maxLength: WAITING_MAX_BYTES,
      sync: false,
    });
    this.stream.on('error', (error: Error) => this.failed(error));
    this.stream.on('write', () => this.wrote());
    this.stream.on('drain', () => {
      this.isWritten = true;
    });
    this.stream.on('drop', () => observer.lost());
    if (this.isRegularFile) process.on('SIGHUP', this.reopen);
    this.retry = setInterval(() => this.isFailing && this.stream.write(''), RETRY_MS).unref();
  }

  write(line: string): void {
    this.isWritten = false;
    this.stream.write(line);
  }

  /** Waits until all lines are written, if they can be written now. */
  async close(): Promise<void> {
    clearInterval(this.retry);
    if (this.isRegularFile) process.off('SIGHUP', this.reopen);
    const deadline = performance.now() + CLOSE_MAX_MS;
    // Not `flushSync`, which never returns while the disk is full.
    while (!this.isWritten && !this.isFailing && performance.now() < deadline) await sleep(5);
  }

  private failed(error: Error): void {
    this.observer.failed(error, !this.isFailing);
    this.isFailing = true;
  }

  private wrote(): void {
    if (this.isFailing) this.observer.recovered();
    this.isFailing = false;
  }
}
