import { AppError } from '../errors/app-error.js';
import { RecentUse } from './recent-use.js';
import { SERVICE_SHARE, type Share } from './share.js';

export interface QueueLimits {
  /** Pieces of work that run at the same time. */
  readonly concurrency: number;
  /** Pieces of work that wait. A quarter of the places is kept for known clients. */
  readonly places: number;
  /** Work that waits longer is refused: by then its client has probably given up. */
  readonly maxWaitMs: number;
  /**
   * Pieces of work of one network, or one account, that run at the same time; unlimited by default, and always for the
   * service itself.
   */
  readonly perNetwork?: number;
  readonly perAccount?: number;
}

interface Entry {
  readonly share: Share;
  readonly start: () => Promise<void>;
  readonly refuse: () => void;
  timer?: NodeJS.Timeout;
}

const KEPT_FOR_KNOWN = 1 / 4;
const RETRY_AFTER_SECONDS = 1;

/**
 * Runs work in an order that no client can turn to its advantage by asking more often. Known and other clients take
 * turns. Among each, the network that was served least in the last seconds comes first, and in that network the
 * account that was served least. When every place is taken, the most recent request of the network and account with
 * the largest use is refused, which need not be the newest request.
 */
export class FairQueue {
  private readonly waiting: Entry[] = [];
  private readonly running = new Map<string, number>();
  private readonly use = new RecentUse();
  private inProgress = 0;
  private isTurnOfKnown = true;

  /** @param now monotonic, milliseconds */
  constructor(
    private readonly limits: QueueLimits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws {AppError} overloaded if the work was refused; otherwise what `work` throws */
  run<T>(share: Share, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const entry: Entry = {
        share,
        start: () => work().then(resolve, reject),
        refuse: () => reject(new AppError('overloaded', { retryAfterSeconds: RETRY_AFTER_SECONDS })),
      };
      this.waiting.push(entry);
      this.startNext();
      if (this.waiting.includes(entry)) this.limitWait(entry);
      if (this.waiting.length > this.limits.places) this.refuse(this.mostExpendable());
    });
  }

  /** Pieces of work. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.inProgress, waiting: this.waiting.length };
  }

  private limitWait(entry: Entry): void {
    entry.timer = setTimeout(() => this.refuse(entry), this.limits.maxWaitMs).unref();
  }

  private refuse(entry: Entry): void {
    this.remove(entry);
    entry.refuse();
  }

  private remove(entry: Entry): void {
    clearTimeout(entry.timer);
    this.waiting.splice(this.waiting.indexOf(entry), 1);
  }

  private startNext(): void {
    while (this.inProgress < this.limits.concurrency) {
      const entry = this.next(this.isTurnOfKnown) ?? this.next(!this.isTurnOfKnown);
      if (!entry) return;
      this.isTurnOfKnown = !entry.share.isKnown;
      this.remove(entry);
      this.start(entry);
    }
  }

  private start({ share, start }: Entry): void {
    const now = this.now();
    this.use.add(networkKey(share), now);
    this.use.add(accountKey(share), now);
    this.countRunning(share, 1);
    void start().finally(() => {
      this.countRunning(share, -1);
      this.startNext();
    });
  }

  private countRunning({ network, account }: Share, change: 1 | -1): void {
    this.inProgress += change;
    for (const key of [`network ${network}`, `account ${account}`]) {
      const count = (this.running.get(key) ?? 0) + change;
      if (count === 0) this.running.delete(key);
      else this.running.set(key, count);
    }
  }

  /** Of the known or the other clients: the waiting entry that may start and was served least. */
  private next(isKnown: boolean): Entry | undefined {
    const ready = this.waiting.filter(({ share }) => share.isKnown === isKnown && this.mayStart(share));
    const now = this.now();
    const used = (key: string) => this.use.of(key, now);
    return extreme(ready, (one, best) => {
      const byNetwork = used(networkKey(one.share)) - used(networkKey(best.share));
      return byNetwork < 0 || (byNetwork === 0 && used(accountKey(one.share)) < used(accountKey(best.share)));
    });
  }

  private mayStart({ network, account }: Share): boolean {
    const { perNetwork = Number.POSITIVE_INFINITY, perAccount = Number.POSITIVE_INFINITY } = this.limits;
    if (network === SERVICE_SHARE.network) return true;
    return (
      (this.running.get(`network ${network}`) ?? 0) < perNetwork &&
      (account === '' || (this.running.get(`account ${account}`) ?? 0) < perAccount)
    );
  }

  /** The entry to refuse when one more waits than there are places. */
  private mostExpendable(): Entry {
    const kept = Math.floor(this.limits.places * KEPT_FOR_KNOWN);
    const known = this.waiting.filter(({ share }) => share.isKnown);
    // Those who use more places than theirs give one back.
    const candidates = known.length > kept ? known : this.waiting.filter(({ share }) => !share.isKnown);
    const now = this.now();
    const demand = new Map<string, number>();
    for (const { share } of candidates) {
      for (const key of [networkKey(share), accountKey(share)]) {
        demand.set(key, (demand.get(key) ?? this.use.of(key, now)) + 1);
      }
    }
    const of = (key: string) => demand.get(key) ?? 0;
    // Later entries win a tie, so that the newest of an account is refused.
    return extreme(candidates, (one, worst) => {
      const byNetwork = of(networkKey(one.share)) - of(networkKey(worst.share));
      return byNetwork > 0 || (byNetwork === 0 && of(accountKey(one.share)) >= of(accountKey(worst.share)));
    }) as Entry;
  }
}

const networkKey = ({ network, isKnown }: Share) => `${isKnown} ${network}`;
/** Within the network: the use of an account by strangers elsewhere does not move its owner back. */
const accountKey = (share: Share) => `${networkKey(share)} ${share.account}`;

function extreme(
  entries: readonly Entry[],
  isBetter: (one: Entry, best: Entry) => boolean,
): Entry | undefined {
  let best: Entry | undefined;
  for (const one of entries) if (!best || isBetter(one, best)) best = one;
  return best;
}
