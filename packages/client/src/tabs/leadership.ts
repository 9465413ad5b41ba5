import type { TabBus, TabMessage } from './tab-bus.js';

/** How long a new tab waits for an answer before it leads. Two leaders are harmless: one of them yields at once. */
const ELECTION_MS = 150;
/** How much longer the others wait if the last leader has named an heir, so that only one stream is opened. */
const HEIR_MS = 500;
/** A hidden tab leads only if no visible one does: browsers slow its timers down, and freeze it. */
const HIDDEN_ELECTION_MS = 1_000;
/** A busy tab answers late; a closed, crashed or frozen one never. */
const CHECK_MS = 1_000;
const UNANSWERED_MAX = 2;

/**
 * Elects one tab that refreshes and reads the event stream, without locks: a tab that does not answer is replaced. The
 * highest term leads. A frozen leader that wakes has a lower term, so it yields.
 */
export class Leadership {
  #term = 0;
  #leader: string | null = null;
  #election: ReturnType<typeof setTimeout> | undefined;
  #check: ReturnType<typeof setInterval> | undefined;
  readonly #watchers = new Set<object>();
  #hasHeard = false;
  #unanswered = 0;
  #waiting: (() => void)[] = [];
  /** The last tab that has needed a leader. */
  #heir: string | null = null;

  /** @param onChange is called whenever this tab, another or none begins to lead */
  constructor(
    private readonly bus: TabBus,
    private readonly onChange: () => void,
    private readonly isHidden: () => boolean,
  ) {}

  get isLeader(): boolean {
    return this.#leader === this.bus.id;
  }

  start(): void {
    this.#elect(ELECTION_MS);
    this.bus.post({ type: 'who' });
  }

  /** Checks every second whether the leader answers. @returns a function that ends this */
  watch(): () => void {
    const watcher = {};
    this.#watchers.add(watcher);
    this.#check ??= setInterval(() => this.#checkLeader(), CHECK_MS);
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.#stopChecking();
    };
  }

  /** Resolves when some tab leads. */
  settled(): Promise<void> {
    if (this.#leader !== null) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  claim(): void {
    this.#follow(this.bus.id, this.#term + 1);
    this.announce();
  }

  /** A leader with a higher term contradicts. */
  announce(): void {
    if (this.isLeader) this.bus.post({ type: 'leader', term: this.#term });
  }

  /** Lets another tab lead, a visible one if there is any. */
  resign(): void {
    if (!this.isLeader) return;
    const heir = this.#heir;
    // First, so that this tab follows the one that answers.
    this.#lose(heir);
    this.bus.post({ type: 'bye', heir });
  }

  /** Hurries if this tab was hidden and has become visible. */
  appear(): void {
    if (this.#leader === null) this.start();
  }

  stop(): void {
    clearTimeout(this.#election);
    this.#stopChecking();
    this.bus.post({ type: 'bye', heir: this.#heir });
    this.#leader = null;
  }

  receive(message: TabMessage, from: string): void {
    if (from === this.#leader) this.#hasHeard = true;
    if (message.type === 'who') this.announce();
    if (message.type === 'leader') this.#compare(message.term, from);
    if (message.type === 'who' || message.type === 'want_events') this.#heir = from;
    if (message.type !== 'bye') return;
    if (from === this.#heir) this.#heir = null;
    if (from === this.#leader) this.#lose(message.heir);
  }

  #compare(term: number, from: string): void {
    const outranks =
      term > this.#term || (term === this.#term && (this.#leader === null || from < this.#leader));
    if (outranks) this.#follow(from, term);
    else this.announce();
  }

  #lose(heir: string | null): void {
    this.#leader = null;
    this.onChange();
    if (heir === this.bus.id && !this.isHidden()) {
      this.claim();
      return;
    }
    const delayMs = (heir === null ? 0 : HEIR_MS) + (this.isHidden() ? HIDDEN_ELECTION_MS : 0);
    this.#elect(delayMs + Math.random() * ELECTION_MS);
  }

  #follow(leader: string, term: number): void {
    clearTimeout(this.#election);
    this.#hasHeard = true;
    const isChanged = leader !== this.#leader;
    this.#leader = leader;
    this.#term = term;
    for (const resolve of this.#waiting.splice(0)) resolve();
    if (isChanged) this.onChange();
  }

  #elect(delayMs: number): void {
    clearTimeout(this.#election);
    this.#election = setTimeout(() => this.claim(), delayMs);
  }

  /** Counts questions instead of time, because a tab that was frozen itself has heard nothing for long. */
  #checkLeader(): void {
    if (this.isLeader || this.#leader === null) return;
    this.#unanswered = this.#hasHeard ? 0 : this.#unanswered + 1;
    this.#hasHeard = false;
    if (this.#unanswered > UNANSWERED_MAX) this.claim();
    else if (this.#unanswered > 0) this.bus.post({ type: 'who' });
  }

  #stopChecking(): void {
    clearInterval(this.#check);
    this.#check = undefined;
  }
}
