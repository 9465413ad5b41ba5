import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import { writeAsk } from './guard-messages.js';
import type { Answer, GuardSubject, Question } from './messages.js';

/** How long a request waits for a decision, a new connection included. */
const ANSWER_MS = 2_000;
/** Questions that wait at once; a parent answers no more either. */
const MAX_OPEN = 5_000;
/** Keeps a message below its maximum size. */
const QUESTIONS_PER_MESSAGE = 200;

export type Decision = Omit<Answer, 'id'>;

const UNAVAILABLE: Decision = { state: 'unavailable' };

interface Asked {
  readonly question: Question;
  readonly decide: (decision: Decision) => void;
}

/**
 * Asks the parent about sessions. Questions of one tick share a message, but no request ever shares a question with an
 * earlier one: the decision has to be made after the request started.
 */
export class Questions {
  private readonly open = new Map<number, Asked>();
  private unsent: Question[] = [];
  private lastId = 0;
  private send: ((text: string) => void) | null = null;
  private disconnectedAt: number;

  constructor(private readonly clock: Clock) {
    this.disconnectedAt = clock.monotonic();
  }

  /** A connection is ready. Questions that the last one left unanswered are asked again. */
  connected(send: (text: string) => void): void {
    this.send = send;
    this.unsent = [...this.open.values()].map(({ question }) => question);
    this.flush();
  }

  disconnected(): void {
    if (this.send) this.disconnectedAt = this.clock.monotonic();
    this.send = null;
  }

  /** @returns `unavailable` when no parent has decided in time */
  async ask(subject: GuardSubject): Promise<Decision> {
    if (this.open.size >= MAX_OPEN || this.isCutOff()) return UNAVAILABLE;
    this.lastId += 1;
    const question: Question = { ...wireSubject(subject), id: this.lastId };
    const timeout = new AbortController();
    const answer = new Promise<Decision>((decide) => this.open.set(question.id, { question, decide }));
    this.unsent.push(question);
    if (this.unsent.length === 1) setImmediate(() => this.flush());
    try {
      return await Promise.race([answer, late(timeout.signal)]);
    } finally {
      timeout.abort();
      this.open.delete(question.id);
    }
  }

  answered(answers: readonly Answer[]): void {
    for (const { id, ...decision } of answers) this.open.get(id)?.decide(decision);
  }

  stop(): void {
    for (const { decide } of this.open.values()) decide(UNAVAILABLE);
  }

  /** A short interruption is waited out. After a longer one, waiting would only make every request slow. */
  private isCutOff(): boolean {
    return this.send === null && this.clock.monotonic() - this.disconnectedAt > ANSWER_MS;
  }

  private flush(): void {
    if (!this.send) return;
    const unsent = this.unsent.filter(({ id }) => this.open.has(id));
    this.unsent = [];
    for (let at = 0; at < unsent.length; at += QUESTIONS_PER_MESSAGE) {
      this.send(writeAsk(unsent.slice(at, at + QUESTIONS_PER_MESSAGE)));
    }
  }
}

/** Only what goes over the wire: a caller's object may carry more. */
function wireSubject({
  userId,
  sessionId,
  sessionEpoch,
  rolesVersion,
  generation,
}: GuardSubject): GuardSubject {
  return { userId, sessionId, sessionEpoch, rolesVersion, generation };
}

async function late(signal: AbortSignal): Promise<Decision> {
  // Aborted when an answer has come first.
  await sleep(ANSWER_MS, undefined, { signal }).catch(() => {});
  return UNAVAILABLE;
}
