import { setTimeout as sleep } from 'node:timers/promises';
import { violationsOf } from '../history/checker.js';
import type { Cluster } from '../history/cluster.js';
import type { Fault } from '../history/history.js';
import type { Node } from '../history/node.js';
import { type ClientSession, Recorder } from '../history/recorder.js';
import type { Violation } from '../history/violation.js';

export const REVOKER = 0;
export const WITNESS = 1;

/** Every registration is older than a lease (3 s) plus one heartbeat by then. */
const SETTLED_MS = 4_200;
const TOKEN_TTL_MS = 900_000;
const LOGIN_TRIES = 5;

let made = 0;

/** Two instances for a scripted schedule: one revokes, the other is checked. */
export class Scenario {
  readonly recorder: Recorder;
  private readonly faults: Fault[] = [];

  constructor(readonly cluster: Cluster) {
    this.recorder = new Recorder(cluster);
  }

  get witness(): Node {
    const node = this.cluster.nodes[WITNESS];
    if (!node) throw new Error('a scenario needs two instances');
    return node;
  }

  /** Opens a session that both instances have cached; leases are live and registrations are old enough to be trusted. */
  async warmSession(): Promise<ClientSession> {
    await this.cluster.recovered();
    await sleep(SETTLED_MS);
    made += 1;
    const user = `witnessed-${made}@example.org`;
    await this.recorder.register(REVOKER, user);
    const session = await this.login(user);
    for (const instance of [REVOKER, WITNESS]) await this.recorder.check(instance, session);
    return session;
  }

  /** On a very busy machine a login may time out. */
  async login(user: string): Promise<ClientSession> {
    for (let tries = 0; tries < LOGIN_TRIES; tries++) {
      const session = await this.recorder.login(REVOKER, user);
      if (session) return session;
    }
    throw new Error('no login succeeded although no fault is active');
  }

  /** Injects a fault at the witness, runs the steps, and heals it. */
  async broken(name: string, inject: () => unknown, acts: () => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    await inject();
    try {
      await acts();
    } finally {
      await this.witness.redis.heal();
      await this.witness.postgres.heal();
      this.faults.push({ name, startedAt, endedAt: performance.now(), withoutPostgres: [WITNESS] });
    }
  }

  /** Checks the session on the witness repeatedly, without waiting for slow responses. */
  async probe(session: ClientSession, forMs: number): Promise<void> {
    const asked: Promise<unknown>[] = [];
    for (const until = performance.now() + forMs; performance.now() < until; await sleep(25)) {
      asked.push(this.recorder.check(WITNESS, session));
    }
    await Promise.all(asked);
  }

  violations(): Violation[] {
    this.recorder.stop();
    const { operations, streams, stalls } = this.recorder;
    return violationsOf({
      operations,
      streams,
      stalls,
      faults: this.faults,
      rows: null,
      tokenTtlMs: TOKEN_TTL_MS,
      graceMs: this.cluster.graceMs,
    });
  }
}
