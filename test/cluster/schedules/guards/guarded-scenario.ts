import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../../support/wait-until.js';
import { violationsOf } from '../../history/checker.js';
import type { Cluster } from '../../history/cluster.js';
import type { GuardedServer } from '../../history/guarded-server.js';
import { FASTIFY } from '../../history/guarded-servers.js';
import type { Fault } from '../../history/history.js';
import type { Node } from '../../history/node.js';
import { type ClientSession, Recorder } from '../../history/recorder.js';
import type { Violation } from '../../history/violation.js';
import { GuardWire } from './guard-wire.js';

/** The instance that revokes, unless a schedule says otherwise. */
export const REVOKER = 0;
const PARENT = 1;
const TOKEN_TTL_MS = 900_000;
const READY_TIMEOUT_MS = 60_000;

export interface ScenarioOptions {
  /** A module that the parent loads first. */
  readonly inParent?: string | undefined;
  /** A module that the guarded server loads first. */
  readonly inServer?: string | undefined;
  /** The schedule ends the parent, so it gets one of its own. */
  readonly hasOwnParent?: boolean | undefined;
}

let made = 0;

/** A guarded server below one instance, for a scripted schedule. Another instance revokes. */
export class GuardedScenario {
  readonly recorder: Recorder;
  private readonly faults: Fault[] = [];

  private constructor(
    readonly cluster: Cluster,
    readonly parent: Node,
    readonly wire: GuardWire,
    private current: GuardedServer,
    private readonly options: ScenarioOptions,
  ) {
    this.recorder = new Recorder(cluster);
  }

  static async start(cluster: Cluster, options: ScenarioOptions): Promise<GuardedScenario> {
    const { inParent, hasOwnParent = inParent !== undefined } = options;
    const known = hasOwnParent ? undefined : (cluster.nodes[PARENT] ?? cluster.nodes[REVOKER]);
    const parent = known ?? (await cluster.join(inParent === undefined ? [] : [inParent]));
    const wire = await GuardWire.start(parent);
    const server = await startServer(cluster, wire, options);
    return new GuardedScenario(cluster, parent, wire, server, options);
  }

  /** The guarded server. */
  get server(): GuardedServer {
    return this.current;
  }

  /** Starts the guarded server again, as a new process. */
  async restartServer(): Promise<void> {
    await this.current.dispose();
    this.current = await startServer(this.cluster, this.wire, this.options);
  }

  /** Opens a session that the guarded server grants from memory, with a lease that is as long as it can be. */
  async warmSession(): Promise<ClientSession> {
    made += 1;
    const user = `guarded-${made}@example.org`;
    await this.recorder.register(REVOKER, user);
    const session = await this.login(user);
    await this.wire.leased();
    await this.granted(session);
    return session;
  }

  async login(user: string): Promise<ClientSession> {
    const login = () => this.recorder.login(REVOKER, user);
    return waitUntil('the login succeeds', login, { timeoutMs: READY_TIMEOUT_MS });
  }

  /** Waits until the guarded server grants the session. */
  async granted(session: ClientSession): Promise<void> {
    const isGranted = async () => (await this.recorder.check(this.server.index, session))?.status === 200;
    await waitUntil('the guarded server grants the session', isGranted, { timeoutMs: READY_TIMEOUT_MS });
  }

  /** Opens a stream that the server may have to close. */
  async open(session: ClientSession): Promise<void> {
    const open = () => this.recorder.open(this.server.index, session, 'server-sent events');
    await waitUntil('the stream is opened', open, { timeoutMs: READY_TIMEOUT_MS });
  }

  /** Checks the session at the guarded server repeatedly, without waiting for slow responses. */
  async probe(session: ClientSession, forMs: number): Promise<void> {
    const asked: Promise<unknown>[] = [];
    for (const until = performance.now() + forMs; performance.now() < until; await sleep(25)) {
      asked.push(this.recorder.check(this.server.index, session));
    }
    await Promise.all(asked);
  }

  /** Records that something is broken while the steps are done: a guarded server may answer 503. */
  async broken(name: string, acts: () => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    const { index: parent } = this.parent;
    const guarded = [this.server.index];
    try {
      await acts();
    } finally {
      this.faults.push({ name, startedAt, endedAt: performance.now(), withoutPostgres: [parent], guarded });
    }
  }

  violations(): Violation[] {
    const { operations, streams, stalls } = this.recorder;
    const { graceMs } = this.cluster;
    const { faults } = this;
    return violationsOf({
      ...{ operations, streams, stalls, faults, graceMs },
      ...{ rows: null, tokenTtlMs: TOKEN_TTL_MS },
    });
  }

  async stop(): Promise<void> {
    this.recorder.stop();
    await this.wire.stop();
    await this.server.dispose();
    // A killed instance would remain registered, and the next revoke would wait for its lease.
    if (this.parent.index > PARENT) await this.parent.stop();
  }
}

function startServer(
  cluster: Cluster,
  wire: GuardWire,
  { inServer }: ScenarioOptions,
): Promise<GuardedServer> {
  return cluster.guard(FASTIFY, {
    nodes: [],
    before: inServer === undefined ? [] : [inServer],
    env: { LATCHKEY_SERVICE: wire.url, TICK_MS: '5' },
  });
}
