import type { Use } from '../src/cached-session.js';
import {
  createRevocation,
  type RevocationOptions,
  type RevocationProtocol,
} from '../src/create-revocation.js';
import type { SessionSnapshot } from '../src/session-snapshot.js';
import { LyingCache } from './lying-cache.js';
import { type MemoryBus, MemoryServer } from './memory-bus.js';
import { MemoryStore } from './memory-store.js';
import { activeSnapshot, TEST_MODEL, type TestSnapshot, type TestUse } from './test-session.js';
import type { Turn } from './turn.js';
import { waitUntil } from './wait-until.js';

type Ports<S extends SessionSnapshot, U extends Use> = Pick<
  RevocationOptions<S, U>,
  'store' | 'bus' | 'sharedCache' | 'model'
>;

/** An instance of the protocol with short leases. */
export function simulatedInstance<S extends SessionSnapshot, U extends Use>(
  ports: Ports<S, U>,
  options: Partial<RevocationOptions<S, U>> = {},
): RevocationProtocol<S, U> {
  return createRevocation({
    tokenTtlMs: 900_000,
    leaseMs: 300,
    leaseMarginMs: 10,
    maxStalenessMs: 300_000,
    memoryCacheSize: 100,
    endedSetSize: 1_000,
    ...ports,
    ...options,
  });
}

export interface SimulatedInstance extends RevocationProtocol<TestSnapshot, TestUse> {
  readonly bus: MemoryBus;
}

/** Instances that share a store, a bus and a shared cache that lies, all in memory. */
export class SimulatedCluster {
  readonly store = new MemoryStore(activeSnapshot);
  readonly server = new MemoryServer();
  readonly cache = new LyingCache(activeSnapshot);
  readonly instances: SimulatedInstance[] = [];

  async start(options: Partial<RevocationOptions<TestSnapshot, TestUse>> = {}): Promise<SimulatedInstance> {
    const bus = this.server.bus();
    const ports = { store: this.store, bus, sharedCache: this.cache, model: TEST_MODEL };
    const instance = { ...simulatedInstance(ports, options), bus };
    this.instances.push(instance);
    await instance.revocation.start();
    return instance;
  }

  /** Starts an instance and waits until it trusts its caches. */
  async startTrusting(
    options: Partial<RevocationOptions<TestSnapshot, TestUse>> = {},
  ): Promise<SimulatedInstance> {
    const instance = await this.start(options);
    await waitUntil('caches are trusted', () => instance.revocation.status().trustsCaches);
    return instance;
  }

  set turn(turn: Turn) {
    this.store.turn = turn;
    this.server.turn = turn;
    this.cache.turn = turn;
  }

  async stop(): Promise<void> {
    await Promise.all(this.instances.map(({ revocation }) => revocation.stop()));
  }
}

/** Whether a request that starts now is granted. */
export async function isGranted<S extends SessionSnapshot, U extends Use>(
  { sessions }: Pick<RevocationProtocol<S, U>, 'sessions'>,
  sessionId: string,
): Promise<boolean> {
  const { ended, session } = await sessions.find(sessionId);
  return ended === null && session?.snapshot.status === 'active';
}
