import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AccountChanges } from '../../account-changes/account-changes.js';
import { AppError } from '../../errors/app-error.js';
import { toAppError } from '../../errors/to-app-error.js';
import type { Principal } from '../../http/routes/principal.js';
import type { RequestClient } from '../../http/routes/request-client.js';
import { SessionCheck } from '../../sessions/check/session-check.js';
import { networkOf } from '../../shares/network-of.js';
import { EventStream } from './event-stream.js';
import { StreamLimits } from './stream-limits.js';

/** Lets a page learn within a second that its session has ended, for any reason. Each check only reads memory. */
const CHECK_INTERVAL_MS = 250;
const HEARTBEAT_INTERVAL_MS = 10_000;
/** A client that has not read pending events for this long is disconnected. */
const BLOCKED_MAX_MS = 30_000;
/** Pages whose stream breaks reconnect after a random delay in this range. */
const RETRY_MS = { min: 1_000, max: 4_000 };

class OpenStream {
  isChecking = false;

  constructor(
    readonly events: EventStream,
    readonly caller: Principal,
  ) {}
}

/** The live streams of this instance. Each tells one page when its account has changed or its session has ended. */
@Injectable()
export class AccountStreams implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(AccountStreams.name);
  private readonly open = new Set<OpenStream>();
  private readonly limits = new StreamLimits();
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

  /** Runs before the server waits for its open requests, because a stream never finishes by itself. */
  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const timer of this.timers) clearInterval(timer);
    for (const { events } of this.open) events.close();
  }

  /** @throws {AppError} too_many_requests, overloaded or service_unavailable */
  start(caller: Principal, { address }: Pick<RequestClient, 'address'>): EventStream {
    if (this.isStopping) throw new AppError('service_unavailable');
    const leave = this.limits.take({ ...caller, network: networkOf(address) });
    const events = new EventStream(RETRY_MS.min + Math.random() * (RETRY_MS.max - RETRY_MS.min));
    const stream = new OpenStream(events, caller);
    this.open.add(stream);
    const unsubscribe = this.changes.subscribe(caller.userId, () => void this.notify(stream));
    // Also fires when the client disconnects: Fastify then destroys the stream.
    events.once('close', () => {
      unsubscribe();
      this.open.delete(stream);
      leave();
    });
    return events;
  }

  private async notify(stream: OpenStream): Promise<void> {
    await this.check(stream);
    stream.events.changed();
  }

  private checkAll(): void {
    for (const stream of this.open) void this.check(stream);
  }

  /** Ends the stream if its session has ended. Never rejects. */
  private async check(stream: OpenStream): Promise<void> {
    if (stream.isChecking) return;
    stream.isChecking = true;
    try {
      await this.sessions.checkOpenConnection(stream.caller);
    } catch (thrown) {
      const { code, members } = toAppError(thrown);
      // A failed dependency says nothing about the session; the next check may.
      if (code === 'service_unavailable') return;
      if (code === 'internal_error') {
        this.logger.error('the session of a stream was not checked', thrown);
        stream.events.close();
      } else {
        stream.events.end({ code, ...members });
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
