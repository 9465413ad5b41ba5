import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from './database.js';
import { serviceEnv } from './service-env.js';
import { ServiceProcess } from './service-process.js';

/** One lease and the first heartbeats: from then on a revoke need not wait for a lease to expire. */
const SETTLED_MS = 4_500;

export interface Instances {
  readonly services: readonly [ServiceProcess, ServiceProcess];
  readonly database: TestDatabase;
  stop(): Promise<void>;
}

/** Starts two instances of one service on the Postgres and Redis of the test run, and waits until they acknowledge one another. */
export async function startInstances(env: Record<string, string> = {}): Promise<Instances> {
  const database = await createTestDatabase();
  const shared = serviceEnv(database.url, { REDIS_URL: process.env.TEST_REDIS_URL ?? '', ...env });
  const started = await Promise.allSettled([ServiceProcess.start(shared), ServiceProcess.start(shared)]);
  const services = started.map((it) => {
    if (it.status === 'rejected') throw it.reason;
    return it.value;
  });
  await sleep(SETTLED_MS);
  const [one, other] = services;
  if (!one || !other) throw new Error('expected two instances');
  const stop = async () => {
    await Promise.all([one.stop(), other.stop()]);
    await database.drop();
  };
  return { services: [one, other], database, stop };
}
