import { setTimeout as sleep } from 'node:timers/promises';
import type { ObservedAnswer } from './history.js';
import type { Random } from './random.js';
import type { ClientSession, Recorder } from './recorder.js';

export interface WorkloadOptions {
  readonly instances: number;
  readonly users: number;
  /** Part of their addresses: one service can be run more than once. */
  readonly named: string;
  /** Sessions that the clients try to keep alive, together. */
  readonly sessions: number;
  readonly clients: number;
  /** Between two requests of one client, at most. */
  readonly thinkMs: number;
}

/** An access token is renewed well before it runs out. */
const RENEW_AFTER_MS = 600_000;
/** Sessions that ended are asked about for this long, and at most so many of them. */
const PROBED = 400;
const REFRESH_TRIES = 40;
/** For as long a request that its client gave up may still be carried out: a token may then be its grandparent. */
const LATE_MS = 60_000;

/** Many clients of a few dozen users, who log in, use, refresh and end sessions on all instances. */
export class Workload {
  readonly live: ClientSession[] = [];
  readonly ended: ClientSession[] = [];
  /** Their last refresh was never answered: what they hold may be too old to be taken for a retry. */
  readonly lost = new Set<string>();
  private readonly refreshing = new Set<string>();
  private readonly settledFrom = new Map<string, number>();
  private readonly users: readonly string[];
  private isStopped = false;

  constructor(
    private readonly recorder: Recorder,
    private readonly random: Random,
    private readonly options: WorkloadOptions,
  ) {
    this.users = Array.from({ length: options.users }, (_, at) => `${options.named}-${at}@example.org`);
  }

  /** Registers the users and opens the first sessions, while everything is whole. */
  async settle(): Promise<void> {
    for (const user of this.users) await this.recorder.register(this.instance(), user);
    const opened = Array.from({ length: 8 }, async () => {
      while (this.live.length < this.options.sessions) await this.login();
    });
    await Promise.all(opened);
  }

  /** Runs every client until `stop`. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.options.clients }, () => this.client()));
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Whether its refresh token may be used up: it is the newest, and no earlier request can still be under way. */
  canRefresh({ id }: ClientSession): boolean {
    const isSettled = performance.now() >= (this.settledFrom.get(id) ?? 0);
    return isSettled && !this.refreshing.has(id) && !this.lost.has(id);
  }

  private async client(): Promise<void> {
    while (!this.isStopped) {
      await this.step();
      await sleep(this.random.between(0, this.options.thinkMs));
    }
  }

  private async step(): Promise<void> {
    const dice = this.random.next();
    if (this.live.length < this.options.sessions && dice < 0.12) return this.login();
    if (dice < 0.15) return this.revoke();
    if (dice < 0.22) return this.renew(this.random.of(this.live), 1);
    if (dice < 0.24) return this.renew(this.random.of(this.live), 3);
    if (dice < 0.42 && this.ended.length > 0) return this.probeEnded();
    return this.use(this.random.of(this.live));
  }

  private async login(): Promise<void> {
    const user = this.random.of(this.users);
    const isKnownDevice = this.random.next() < 0.2;
    const sibling = isKnownDevice ? this.live.find((session) => session.user === user) : undefined;
    const session = await this.recorder.login(this.instance(), user, sibling?.deviceToken);
    if (session) this.live.push(session);
  }

  private async use(session: ClientSession): Promise<void> {
    if (performance.now() - session.tokenRequestedAt > RENEW_AFTER_MS) return this.renew(session, 1);
    const answer = await this.recorder.check(this.instance(), session);
    if (answer?.status === 401) this.retire((it) => it === session);
  }

  /** A request with a token whose session has ended; rather of the last ones. */
  private async probeEnded(): Promise<void> {
    const back = Math.floor(this.random.next() ** 2 * Math.min(PROBED, this.ended.length));
    const session = this.ended[this.ended.length - 1 - back];
    if (session) await this.recorder.check(this.instance(), session);
  }

  /** @param tabs how many present the same refresh token at once */
  private async renew(session: ClientSession, tabs: number): Promise<void> {
    if (!this.canRefresh(session)) return;
    this.refreshing.add(session.id);
    const answers = await Promise.all(
      Array.from({ length: tabs }, () => this.recorder.refresh(this.instance(), session)),
    );
    if (!answers.every(isDecided)) this.settledFrom.set(session.id, performance.now() + LATE_MS);
    if (!answers.some(isDecided)) await this.retryRefresh(session);
    if (answers.some((answer) => answer?.status === 401)) this.retire((it) => it === session);
    this.refreshing.delete(session.id);
  }

  /** A client that lost the answer presents the same token again until it is answered. */
  private async retryRefresh(session: ClientSession): Promise<void> {
    for (let tries = 0; tries < REFRESH_TRIES; tries++) {
      await sleep(this.random.between(200, 1_500));
      const answer = await this.recorder.refresh(this.instance(), session);
      this.settledFrom.set(session.id, performance.now() + LATE_MS);
      if (isDecided(answer)) {
        if (answer?.status === 401) this.retire((it) => it === session);
        return;
      }
    }
    this.lost.add(session.id);
  }

  private async revoke(): Promise<void> {
    const target = this.random.of(this.live);
    const actor = this.random.of(this.live.filter(({ user }) => user === target.user));
    const instance = this.instance();
    const dice = this.random.next();
    if (dice < 0.35) {
      const answer = await this.recorder.logout(instance, target);
      return this.settleRevoked(answer, target, (session) => session === target);
    }
    if (dice < 0.6) {
      const answer = await this.recorder.revokeSession(instance, actor, target);
      return this.settleRevoked(answer, target, (session) => session === target);
    }
    if (dice < 0.78) {
      const answer = await this.recorder.revokeDevice(instance, actor, target);
      return this.settleRevoked(answer, target, ({ device }) => device === target.device);
    }
    if (dice < 0.83) {
      const answer = await this.recorder.revokeOthers(instance, actor);
      const isOther = ({ user, device }: ClientSession) => user === actor.user && device !== actor.device;
      return this.settleRevoked(answer, this.live.find(isOther), isOther);
    }
    const answer = await this.recorder.revokeManually(target);
    return this.settleRevoked(answer, target, (session) => session === target);
  }

  /** Asks every instance at once about what was just answered to have ended. */
  private async settleRevoked(
    answer: ObservedAnswer | null,
    target: ClientSession | undefined,
    isEnded: (session: ClientSession) => boolean,
  ): Promise<void> {
    if (!answer || answer.status >= 300) return;
    this.retire(isEnded);
    if (!target) return;
    const { instances } = this.options;
    await Promise.all(Array.from({ length: instances }, (_, at) => this.recorder.check(at, target)));
  }

  /** What has ended is used no more but by `probeEnded`. Logins that came after the end find out by themselves. */
  private retire(isEnded: (session: ClientSession) => boolean): void {
    for (let at = this.live.length - 1; at >= 0; at--) {
      const session = this.live[at];
      if (!session || !isEnded(session)) continue;
      this.live.splice(at, 1);
      this.ended.push(session);
    }
  }

  private instance(): number {
    return this.random.below(this.options.instances);
  }
}

/** Neither lost nor put off. */
function isDecided(answer: ObservedAnswer | null): boolean {
  return answer !== null && answer.status !== 503;
}
