import type { MessageSocket } from './message-socket.js';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;
/** At least, for a client that the service refuses. An operator may start a guard before registering it. */
const REFUSED_DELAY_MS = 10_000;
/** From the attempt to the first message. */
const CONNECT_MS = 5_000;

/** Why an attempt failed, or a connection is gone. */
export interface ConnectionEnd {
  /** The close code of the WebSocket. */
  readonly code?: number;
  /** The HTTP status that answered the upgrade. */
  readonly status?: number;
  readonly message: string;
}

export interface SocketHandlers {
  message(text: string): void;
  /** Called once, for either side that closed it; never within `open`. */
  closed(end: ConnectionEnd): void;
}

/** Makes connections to parents. */
export interface GuardTransport {
  /** One attempt, each time to the next parent. What is sent before the connection is open is dropped. */
  open(handlers: SocketHandlers): MessageSocket;
}

/** Says when to connect again: soon after a connection that worked, then later each time, and always with jitter. */
export class Reconnection {
  private delayMs = FIRST_DELAY_MS;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connect: () => void,
    private readonly random: () => number = Math.random,
  ) {}

  now(): void {
    this.schedule(0);
  }

  after(isRefused: boolean): void {
    // Without jitter, all guards of a parent that is gone would reach the next one at the same instant.
    const jitter = this.random();
    this.schedule(isRefused ? REFUSED_DELAY_MS * (1 + jitter) : this.delayMs * (0.5 + jitter));
    this.delayMs = Math.min(this.delayMs * 2, MAX_DELAY_MS);
  }

  succeeded(): void {
    this.delayMs = FIRST_DELAY_MS;
  }

  /** Gives up an attempt that has led to nothing in time. */
  limit(giveUp: () => void): () => void {
    const timer = setTimeout(giveUp, CONNECT_MS);
    timer.unref();
    return () => clearTimeout(timer);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.connect, ms);
    this.timer.unref();
  }
}
