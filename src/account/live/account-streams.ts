import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountChanges } from '../../account-changes/account-changes.js';
import { AppError } from '../../errors/app-error.js';
import type { Principal } from '../../http/routes/principal.js';
import { SessionCheck } from '../../sessions/check/session-check.js';
import { EventStream } from './event-stream.js';
import { StreamLimits } from './stream-limits.js';

/** Often enough that a page learns of its end within a second, whoever made it; a look into memory each time. */
const CHECK_INTERVAL_MS = 250;
const HEARTBEAT_INTERVAL_MS = 15_000;
/** A client that has read nothing for so long is gone. */
const BLOCKED_MAX_MS = 60_000;
/** Pages whose stream has broken come back spread over this time. */
const RETRY_MS = { min: 1_000, max: 4_000 };

class OpenStream {
  isChecking = false;

  constructor(
    readonly events: EventStream,
    readonly caller: Principal,
  ) {}
}

/** The live streams of this instance: each tells one page of changes to its account, and of the end of its session. */
@Injectable()
export class AccountStreams implements OnModuleInit, BeforeApplicationShutdown {
  private readonly open = new Set<OpenStream>();
  private readonly places = new StreamLimits();
  private readonly timers: NodeJS.Timeout[] = [];
  private isStopping = false;

  constructor(
    private readonly changes: AccountChanges,
    private readonly sessions: SessionCheck,
  ) {}

  onModuleInit(): void {
    this.timers.push(
      setInterval(() => this.checkAll(), CHECK_INTERVAL_MS).unref(),
      setInterval(() => this.beat(), HEARTBEAT_INTERVAL_MS).unref(),
    );
  }

  /** Before the server waits for its requests: a stream would never finish by itself. */
  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const timer of this.timers) clearInterval(timer);
    for (const { events } of this.open) events.close();
  }

  /** @throws {AppError} too_many_requests, overloaded or service_unavailable */
  start(caller: Principal): EventStream {
    if (this.isStopping) throw new AppError('service_unavailable');
    const leave = this.places.take(caller);
    const events = new EventStream(RETRY_MS.min + Math.random() * (RETRY_MS.max - RETRY_MS.min));
    const stream = new OpenStream(events, caller);
    this.open.add(stream);
    const unsubscribe = this.changes.subscribe(caller.userId, () => void this.tell(stream));
    // Also when the client leaves: Fastify destroys what it was sending.
    events.once('close', () => {
      unsubscribe();
      this.open.delete(stream);
      leave();
    });
    return events;
  }

  private async tell(stream: OpenStream): Promise<void> {
    await this.check(stream);
    stream.events.changed();
  }

  private checkAll(): void {
    for (const stream of this.open) void this.check(stream);
  }

  /** Ends the stream of a session that is over. Never rejects. */
  private async check(stream: OpenStream): Promise<void> {
    if (stream.isChecking) return;
    stream.isChecking = true;
    try {
      await this.sessions.checkOpenConnection(stream.caller);
    } catch (error) {
      // A dependency that is away says nothing about the session; the next look may.
      if (error instanceof AppError && error.code !== 'service_unavailable') {
        stream.events.end({ code: error.code, ...error.members });
      }
    } finally {
      stream.isChecking = false;
    }
  }

  private beat(): void {
    const now = performance.now();
    for (const { events } of this.open) {
      if (events.blockedMs(now) > BLOCKED_MAX_MS) events.destroy();
      else events.heartbeat();
    }
  }
}
