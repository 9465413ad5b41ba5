import type { Clock } from '../clock.js';
import type { EndedSet } from '../ended-set.js';
import { readGuardMessage } from './guard-messages.js';
import type { MessageSocket } from './message-socket.js';
import { type Answer, CLOSE, ProtocolError, type Question, type ReportedUse } from './messages.js';
import { BYE, writeAnswers, writeHello, writePong } from './parent-messages.js';
import { SnapshotWriter } from './snapshot-writer.js';

/** A guard that has so much to read is disconnected: waiting for its lease costs less than its messages. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;
const MAX_OPEN_QUESTIONS = 5_000;
const ANSWERS_PER_MESSAGE = 250;

/** What every connection of a parent has in common. */
export interface ParentTerms {
  readonly instance: string;
  readonly leaseMs: number;
  readonly marginMs: number;
  readonly windowMs: number;
  readonly tokenLifetimeMs: number;
  readonly reportMs: number;
  readonly clock: Clock;
  readonly endedSet: EndedSet;
  /** For how long a guard may trust what it has received until now; 0: not at all. Ends that were learned are written before. */
  grantLease(): number;
  acknowledged(connection: ParentConnection): void;
  closed(connection: ParentConnection): void;
  /** The decision about a question, made after it has arrived. Must not reject. */
  decide(question: Question): Promise<Omit<Answer, 'id'>>;
  used(uses: readonly ReportedUse[]): void;
}

/** One guard, as its parent sees it. It keeps counting when the connection is lost: the guard may still hold its lease. */
export class ParentConnection {
  private seq = 0;
  /** -1: not even the snapshot. */
  private acknowledgedSeq = -1;
  private boundAt = Number.NEGATIVE_INFINITY;
  private lastPing = -1;
  private heardAt: number;
  private openQuestions = 0;
  private answers: Answer[] = [];
  private isOpen = true;
  private readonly snapshot: SnapshotWriter;

  constructor(
    readonly clientId: string,
    private readonly socket: MessageSocket,
    private readonly terms: ParentTerms,
  ) {
    this.heardAt = terms.clock.monotonic();
    this.snapshot = new SnapshotWriter(socket, terms.clock, terms.endedSet, () =>
      this.close(CLOSE.slow, 'reads too slowly'),
    );
  }

  /** To be called in the tick in which the connection begins to receive ends, so that none falls in between. */
  start(): void {
    this.socket.send(writeHello(this.terms));
    this.snapshot.start();
  }

  /** The number of the last message with ends. */
  get sentSeq(): number {
    return this.seq;
  }

  /** Monotonic instant at which the guard's lease from this parent has ended at the latest. */
  get leaseEndsAt(): number {
    return this.boundAt;
  }

  get isConnected(): boolean {
    return this.isOpen;
  }

  hasAcknowledged(seq: number): boolean {
    return this.acknowledgedSeq >= seq;
  }

  /** @param message with a given number. It is never dropped: a guard that cannot take it is disconnected */
  writeEnds(message: (seq: number) => string): void {
    // Counted on a lost connection as well: its guard has not heard of this, and may still hold its lease.
    this.seq += 1;
    if (!this.isOpen) return;
    this.socket.send(message(this.seq));
    if (this.socket.unsentBytes > MAX_UNSENT_BYTES) this.close(CLOSE.slow, 'reads too slowly');
  }

  receive(text: string): void {
    if (!this.isOpen) return;
    this.heardAt = this.terms.clock.monotonic();
    try {
      this.handle(text);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.close(CLOSE.protocol, error.message);
    }
  }

  /** The guard is told that this parent leaves, and ends its lease. */
  sayGoodbye(): void {
    if (this.isOpen) this.socket.send(BYE);
  }

  /** Closes the connection of a guard that has sent nothing for so long. */
  closeIfSilent(forMs: number): void {
    if (this.isOpen && this.snapshot.isWritten && this.terms.clock.monotonic() - this.heardAt > forMs) {
      this.close(CLOSE.silent, 'no ping');
    }
  }

  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.socket.close(code, reason);
    this.lost();
  }

  /** The connection is gone. The bound of the lease stays. */
  lost(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.snapshot.stop();
    this.terms.closed(this);
  }

  private handle(text: string): void {
    const message = readGuardMessage(text);
    switch (message?.type) {
      case 'ping':
        this.pinged(message.n);
        break;
      case 'ack':
        this.acknowledge(message.seq);
        break;
      case 'ask':
        this.ask(message.questions);
        break;
      case 'use':
        this.terms.used(message.uses);
        break;
      case 'bye':
        this.guardLeft();
        break;
    }
  }

  private pinged(n: number): void {
    if (!this.snapshot.isWritten) throw new ProtocolError('ping before the end of the snapshot');
    if (n <= this.lastPing) throw new ProtocolError('ping out of order');
    this.lastPing = n;
    const forMs = this.terms.grantLease();
    if (!this.isOpen) return;
    this.boundAt = Math.max(this.boundAt, this.terms.clock.monotonic() + forMs);
    this.socket.send(writePong(n, forMs));
  }

  private acknowledge(seq: number): void {
    if (seq > this.seq || seq < this.acknowledgedSeq || !this.snapshot.isWritten)
      throw new ProtocolError('ack out of order');
    this.acknowledgedSeq = seq;
    this.terms.acknowledged(this);
  }

  private ask(questions: readonly Question[]): void {
    for (const question of questions) {
      if (this.openQuestions >= MAX_OPEN_QUESTIONS) this.answer({ id: question.id, state: 'unavailable' });
      else void this.decide(question);
    }
  }

  private async decide(question: Question): Promise<void> {
    this.openQuestions += 1;
    try {
      this.answer({ ...(await this.terms.decide(question)), id: question.id });
    } finally {
      this.openQuestions -= 1;
    }
  }

  /** Answers of one tick share messages. */
  private answer(answer: Answer): void {
    this.answers.push(answer);
    if (this.answers.length === 1) setImmediate(() => this.sendAnswers());
  }

  private sendAnswers(): void {
    const answers = this.answers;
    this.answers = [];
    for (let at = 0; this.isOpen && at < answers.length; at += ANSWERS_PER_MESSAGE) {
      this.socket.send(writeAnswers(answers.slice(at, at + ANSWERS_PER_MESSAGE)));
    }
  }

  /** The guard has ended its lease before it said so. */
  private guardLeft(): void {
    this.boundAt = Number.NEGATIVE_INFINITY;
    this.close(CLOSE.normal, 'bye');
  }
}
