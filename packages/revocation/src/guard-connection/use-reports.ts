import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.js';
import { writeUse } from './guard-messages.js';
import type { ReportedUse } from './messages.js';

/** A use that confirms a refresh, or comes from a new client, is reported within this time. */
const URGENT_MS = 1_000;
/** Any other use. */
const USUAL_MS = 5_000;
/** Keeps a message below its maximum size, with the longest user agents. */
const USES_PER_MESSAGE = 80;
const SESSIONS_MAX = 100_000;

/** What is known about the use of one session at this guard. */
interface SessionUse {
  usedAt: number;
  generation: number;
  address: string | undefined;
  userAgent: string | undefined;
  isClientNew: boolean;
  isQueued: boolean;
}

/** Collects the last use of each session, and reports many of them in one message. Reports may be lost. */
export class UseReports {
  private readonly uses = new LRUCache<string, SessionUse>({ max: SESSIONS_MAX });
  private usual = new Set<string>();
  private urgent = new Set<string>();
  private send: ((text: string) => void) | null = null;
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(private readonly clock: Clock) {}

  start(): void {
    this.timers.push(
      setInterval(() => this.flushUrgent(), URGENT_MS).unref(),
      setInterval(() => this.flush(), USUAL_MS).unref(),
    );
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.flush();
  }

  connected(send: (text: string) => void): void {
    this.send = send;
  }

  disconnected(): void {
    this.send = null;
  }

  /** Called for every granted request, so it allocates nothing for a session that is known. */
  note(sessionId: string, generation: number, address?: string, userAgent?: string): void {
    const use = this.uses.get(sessionId) ?? this.add(sessionId);
    use.usedAt = this.clock.monotonic();
    const isConfirmed = generation > use.generation;
    if (isConfirmed) use.generation = generation;
    const isClientNew =
      (address !== undefined && address !== use.address) ||
      (userAgent !== undefined && userAgent !== use.userAgent);
    if (isClientNew) setClient(use, address, userAgent);
    if (isConfirmed || isClientNew) this.urgent.add(sessionId);
    else if (!use.isQueued) this.usual.add(sessionId);
    use.isQueued = true;
  }

  flush(): void {
    const usual = this.usual;
    this.usual = new Set();
    for (const sessionId of this.urgent) usual.add(sessionId);
    this.urgent = new Set();
    this.report(usual);
  }

  private flushUrgent(): void {
    const urgent = this.urgent;
    this.urgent = new Set();
    this.report(urgent);
  }

  private add(sessionId: string): SessionUse {
    const use: SessionUse = {
      usedAt: 0,
      generation: -1,
      address: undefined,
      userAgent: undefined,
      isClientNew: false,
      isQueued: false,
    };
    this.uses.set(sessionId, use);
    return use;
  }

  private report(sessionIds: Set<string>): void {
    // Kept until a parent is connected again. The cache of uses bounds how many sessions can wait.
    if (!this.send) {
      for (const sessionId of sessionIds) if (this.usual.size < SESSIONS_MAX) this.usual.add(sessionId);
      return;
    }
    const reports: ReportedUse[] = [];
    for (const sessionId of sessionIds) {
      const use = this.uses.peek(sessionId);
      if (use?.isQueued) reports.push(this.take(sessionId, use));
    }
    for (let at = 0; at < reports.length; at += USES_PER_MESSAGE) {
      this.send(writeUse(reports.slice(at, at + USES_PER_MESSAGE)));
    }
  }

  private take(sessionId: string, use: SessionUse): ReportedUse {
    const { address, userAgent, generation, isClientNew } = use;
    use.isQueued = false;
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
