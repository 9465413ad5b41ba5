import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import type { EndedSet } from '../ended-set.js';
import type { MessageSocket } from './message-socket.js';
import type { Ends } from './messages.js';
import { writeSnapshot } from './parent-messages.js';

/** Keeps a message below its maximum size with the longest reasons. */
export const ENDS_PER_MESSAGE = 200;
/** So many bytes wait in memory for the network, and no more parts are written meanwhile. */
const UNSENT_BYTES = 1024 * 1024;
const PAUSE_MS = 10;
const PARTS_PER_TURN = 20;
/** A guard that has read nothing for so long is given up. */
const NO_PROGRESS_MS = 10_000;

/**
 * Writes everything that the ended set has to one guard, as fast as it reads. The set is read during the writing: what
 * is added meanwhile is written as ends as well, and twice does no harm.
 */
export class SnapshotWriter {
  private isStopped = false;
  private isComplete = false;

  constructor(
    private readonly socket: MessageSocket,
    private readonly clock: Clock,
    private readonly endedSet: EndedSet,
    private readonly onStuck: () => void,
  ) {}

  get isWritten(): boolean {
    return this.isComplete;
  }

  start(): void {
    void this.write();
  }

  stop(): void {
    this.isStopped = true;
  }

  private async write(): Promise<void> {
    let part = emptyPart();
    let parts = 0;
    for (const { sessions, cutOffs } of this.endedSet.entries()) {
      part.sessions.push(...sessions);
      part.cutOffs.push(...cutOffs);
      if (part.sessions.length + part.cutOffs.length < ENDS_PER_MESSAGE) continue;
      this.socket.send(writeSnapshot(part, false));
      part = emptyPart();
      parts += 1;
      if (parts % PARTS_PER_TURN === 0 && !(await this.mayContinue())) return;
    }
    this.isComplete = true;
    this.socket.send(writeSnapshot(part, true));
  }

  /** Lets requests be served, and waits until the guard has read what was written. */
  private async mayContinue(): Promise<boolean> {
    let unsent = Number.POSITIVE_INFINITY;
    let progressAt = this.clock.monotonic();
    do {
      await sleep(PAUSE_MS);
      if (this.socket.unsentBytes < unsent) progressAt = this.clock.monotonic();
      unsent = this.socket.unsentBytes;
      if (!this.isStopped && this.clock.monotonic() - progressAt > NO_PROGRESS_MS) this.onStuck();
    } while (!this.isStopped && unsent > UNSENT_BYTES);
    return !this.isStopped;
  }
}

function emptyPart() {
  return { sessions: [], cutOffs: [], changed: [] } as { [list in keyof Ends]: Ends[list][number][] };
}
