import { setTimeout as sleep } from 'node:timers/promises';
import type { GuardedServer } from './guarded-server.js';
import type { ObservedAnswer } from './history.js';
import type { Random } from './random.js';
import type { ClientSession, Recorder } from './recorder.js';

export interface WorkloadOptions {
  readonly instances: number;
  readonly guarded: readonly GuardedServer[];
  readonly users: number;
  /** Prefix of their e-mail addresses, so that several workloads can share one service. */
  readonly named: string;
  /** Total number of sessions that the clients try to keep open. */
  readonly sessions: number;
  readonly clients: number;
  /** Longest pause between two requests of one client. */
  readonly thinkMs: number;
  /**
   * The part of the manual revokes that are committed long after they were stamped; none if it is left out. Meanwhile,
   * requests that need the row of the session are answered 503.
   */
  readonly longTransactions?: number;
}

/** Streams that are open at once. */
const STREAMS = 40;
const STREAM_MS = [1_000, 30_000] as const;
/** Access tokens are refreshed well before they expire. */
const RENEW_AFTER_MS = 600_000;
/** How many of the most recently ended sessions are still probed. */
const PROBED = 400;
const REFRESH_TRIES = 40;
const LONG_TRANSACTION_MS = 12_000;
/** How long a request may still be executed after its client gave up; a token presented then may be two generations old. */
const LATE_MS = 60_000;

/**
 * Many clients of a few dozen users that log in, refresh and revoke sessions on all instances, and use them there and at
 * guarded servers.
 */
export class Workload {
  readonly live: ClientSession[] = [];
  readonly ended: ClientSession[] = [];
  private readonly refreshing = new Set<string>();
  private readonly settledFrom = new Map<string, number>();
  private readonly users: readonly string[];
  /** Closes a stream that is open; the timer that will do so. */
  private readonly streams = new Map<() => void, NodeJS.Timeout>();
  private isStopped = false;

  constructor(
    private readonly recorder: Recorder,
    private readonly random: Random,
    private readonly options: WorkloadOptions,
  ) {
    this.users = Array.from({ length: options.users }, (_, at) => `${options.named}-${at}@example.org`);
  }

  /** Registers the users and opens the first sessions, before the first fault. */
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

  /** Closes all streams that clients still have open. */
  closeStreams(): void {
    for (const [close, timer] of this.streams) {
      clearTimeout(timer);
      close();
    }
    this.streams.clear();
  }

  /** Whether its refresh token may be used: it is the newest, and no earlier request can still be in flight. */
  canRefresh({ id }: ClientSession): boolean {
    const isSettled = performance.now() >= (this.settledFrom.get(id) ?? 0);
    return isSettled && !this.refreshing.has(id);
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
    if (dice < 0.46 && this.options.guarded.length > 0) return this.openStream();
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
    const answer = await this.recorder.check(this.anyServer(), session);
    if (answer?.status === 401) this.retire((it) => it === session);
  }

  /** Opens a stream for a session, and closes it later. One that the server has closed is no longer counted then. */
  private async openStream(): Promise<void> {
    if (this.streams.size >= STREAMS) return;
    const { index, kind } = this.random.of(this.options.guarded.filter((it) => it.kind.streams.length > 0));
    const session = this.random.of(this.live);
    const close = await this.recorder.open(index, session, this.random.of(kind.streams));
    if (!close) return;
    const end = () => {
      this.streams.delete(close);
      close();
    };
    this.streams.set(close, setTimeout(end, this.random.between(...STREAM_MS)));
  }

  /** Sends a request with the token of an ended session, preferably a recent one. */
  private async probeEnded(): Promise<void> {
    const back = Math.floor(this.random.next() ** 2 * Math.min(PROBED, this.ended.length));
    const session = this.ended[this.ended.length - 1 - back];
    if (session) await this.recorder.check(this.anyServer(), session);
  }

  /** @param tabs how many requests present the same refresh token at once */
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

  /** A client that lost the response presents the same token again until it gets one, or gives up and comes back later. */
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
    const isLong = this.random.next() < (this.options.longTransactions ?? 0);
    const answer = await this.recorder.revokeManually(target, isLong ? LONG_TRANSACTION_MS : 0);
    return this.settleRevoked(answer, target, (session) => session === target);
  }

  /** Checks a session on every instance and guarded server as soon as its revoke was acknowledged. */
  private async settleRevoked(
    answer: ObservedAnswer | null,
    target: ClientSession | undefined,
    isEnded: (session: ClientSession) => boolean,
  ): Promise<void> {
    if (!answer || answer.status >= 300) return;
    this.retire(isEnded);
    if (!target) return;
    const { instances, guarded } = this.options;
    const servers = [...Array(instances).keys(), ...guarded.map(({ index }) => index)];
    await Promise.all(servers.map((server) => this.recorder.check(server, target)));
  }

  /** Moves ended sessions to the list that only `probeEnded` uses. A revoked login that was in flight is found by its 401. */
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

  private anyServer(): number {
    const { instances, guarded } = this.options;
    const at = this.random.below(instances + guarded.length);
    return guarded[at - instances]?.index ?? at;
  }
}

/** Whether a response came, other than 503. */
function isDecided(answer: ObservedAnswer | null): boolean {
  return answer !== null && answer.status !== 503;
}
