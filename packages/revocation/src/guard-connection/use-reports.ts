import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.js';
import { writeUse } from './guard-messages.js';
import { type ReportedUse, USUAL_REPORT_MS } from './messages.js';

/** A use that confirms a refresh, or comes from a new client, is reported within this time. */
const URGENT_MS = 1_000;
/** Keeps a message below its maximum size, with the longest user agents. */
const USES_PER_MESSAGE = 80;
const SESSIONS_MAX = 100_000;
/** Reports that wait while no parent is connected. Those beyond are lost. */
const WAITING_MAX = 100_000;

/** What is known about the use of one session at this guard. */
export interface SessionUse {
  readonly sessionId: string;
  usedAt: number;
  generation: number;
  address: string | undefined;
  userAgent: string | undefined;
  isClientNew: boolean;
  /** Whether it is to be reported, and how soon. */
  due: 'urgently' | 'usually' | null;
}

/** Collects the last use of each session, and reports many of them in one message. Reports may be lost. */
export class UseReports {
  /** One record for all tokens of a session, so that a client is reported once. */
  private readonly uses = new LRUCache<string, SessionUse>({ max: SESSIONS_MAX });
  private usual: SessionUse[] = [];
  private urgent: SessionUse[] = [];
  private send: ((text: string) => void) | null = null;
  private readonly timers: NodeJS.Timeout[] = [];
  private reportMs: number | null = null;

  constructor(private readonly clock: Clock) {}

  start(): void {
    this.reportWithin(USUAL_REPORT_MS);
  }

  /** @param reportMs how long any use may wait to be reported */
  reportWithin(reportMs: number): void {
    if (reportMs === this.reportMs) return;
    this.reportMs = reportMs;
    this.stopTimers();
    this.timers.push(
      setInterval(() => this.flushUrgent(), Math.min(URGENT_MS, reportMs)).unref(),
      setInterval(() => this.flush(), reportMs).unref(),
    );
  }

  stop(): void {
    this.stopTimers();
    this.flush();
  }

  private stopTimers(): void {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
  }

  connected(send: (text: string) => void): void {
    this.send = send;
  }

  disconnected(): void {
    this.send = null;
  }

  of(sessionId: string): SessionUse {
    return this.uses.get(sessionId) ?? this.add(sessionId);
  }

  /** Called for every granted request, so it neither looks anything up nor allocates. */
  note(use: SessionUse, generation: number, address?: string, userAgent?: string): void {
    use.usedAt = this.clock.monotonic();
    const isConfirmed = generation > use.generation;
    if (isConfirmed) use.generation = generation;
    const isClientNew =
      (address !== undefined && address !== use.address) ||
      (userAgent !== undefined && userAgent !== use.userAgent);
    if (isClientNew) setClient(use, address, userAgent);
    if (isConfirmed || isClientNew) this.reportUrgently(use);
    else if (use.due === null) this.reportUsually(use);
  }

  flush(): void {
    this.flushUrgent();
    if (this.send) this.report(this.usual.splice(0), 'usually', this.send);
  }

  private flushUrgent(): void {
    if (this.send) this.report(this.urgent.splice(0), 'urgently', this.send);
  }

  private reportUrgently(use: SessionUse): void {
    if (use.due === 'urgently' || this.urgent.length >= WAITING_MAX) return;
    use.due = 'urgently';
    this.urgent.push(use);
  }

  private reportUsually(use: SessionUse): void {
    if (this.usual.length >= WAITING_MAX) return;
    use.due = 'usually';
    this.usual.push(use);
  }

  private add(sessionId: string): SessionUse {
    const use: SessionUse = {
      sessionId,
      usedAt: 0,
      generation: -1,
      address: undefined,
      userAgent: undefined,
      isClientNew: false,
      due: null,
    };
    this.uses.set(sessionId, use);
    return use;
  }

  /** @param due a use that became urgent later, or was reported since, is left to the other list */
  private report(uses: SessionUse[], due: SessionUse['due'], send: (text: string) => void): void {
    const reports = uses.filter((use) => use.due === due).map((use) => this.take(use));
    for (let at = 0; at < reports.length; at += USES_PER_MESSAGE) {
      send(writeUse(reports.slice(at, at + USES_PER_MESSAGE)));
    }
  }

  private take(use: SessionUse): ReportedUse {
    const { sessionId, address, userAgent, generation, isClientNew } = use;
    use.due = null;
    use.isClientNew = false;
    return {
      sessionId,
      agoMs: Math.max(0, Math.round(this.clock.monotonic() - use.usedAt)),
      generation: Math.max(0, generation),
      ...(isClientNew && address !== undefined ? { address } : {}),
      ...(isClientNew && userAgent !== undefined ? { userAgent } : {}),
    };
  }
}

function setClient(use: SessionUse, address: string | undefined, userAgent: string | undefined): void {
  use.address = address;
  use.userAgent = userAgent;
  use.isClientNew = true;
}
