import { setTimeout as sleep } from 'node:timers/promises';
import { violationsOf } from '../history/checker.js';
import type { Cluster } from '../history/cluster.js';
import type { Fault } from '../history/history.js';
import type { Node } from '../history/node.js';
import { type ClientSession, Recorder } from '../history/recorder.js';
import type { Violation } from '../history/violation.js';

export const REVOKER = 0;
export const WITNESS = 1;

/** By now every registration has stood for a lease (3 s), and one heartbeat more. */
const SETTLED_MS = 4_200;
const TOKEN_TTL_MS = 900_000;
const LOGIN_TRIES = 5;

let made = 0;

/** Two instances, one that revokes and one that is asked, for schedules that are written out. */
export class Scenario {
  readonly recorder: Recorder;
  private readonly faults: Fault[] = [];

  constructor(readonly cluster: Cluster) {
    this.recorder = new Recorder(cluster);
  }

  get witness(): Node {
    const node = this.cluster.nodes[WITNESS];
    if (!node) throw new Error('the scenario needs two instances');
    return node;
  }

  /** A session that both instances hold in memory; leases are live and registrations old. */
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

  /** A machine that is very busy may let a client wait too long. */
  private async login(user: string): Promise<ClientSession> {
    for (let tries = 0; tries < LOGIN_TRIES; tries++) {
      const session = await this.recorder.login(REVOKER, user);
      if (session) return session;
    }
    throw new Error('no login was answered, with nothing broken');
  }

  /** Breaks something of the witness until the acts are over. */
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

  /** Asks the witness again and again, without waiting for slow answers. */
  async probe(session: ClientSession, forMs: number): Promise<void> {
    const asked: Promise<unknown>[] = [];
    for (const until = performance.now() + forMs; performance.now() < until; await sleep(25)) {
      asked.push(this.recorder.check(WITNESS, session));
    }
    await Promise.all(asked);
  }

  violations(): Violation[] {
    this.recorder.stop();
    const { operations, stalls } = this.recorder;
    return violationsOf({
      operations,
      stalls,
      faults: this.faults,
      rows: null,
      tokenTtlMs: TOKEN_TTL_MS,
    });
  }
}
