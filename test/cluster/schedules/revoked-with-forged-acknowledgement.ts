import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { REVOKER, type Scenario } from './scenario.js';

const PROBE_MS = 1_000;
/** An instance counts its pushes from 1. */
const PUSHES_MAX = 30;
const FORGED_PROOF = `1.${'A'.repeat(43)}.`;

/**
 * A session is revoked while the witness receives nothing from Redis and cannot reach Postgres, and a stranger who can
 * write to Redis acknowledges for it.
 */
export async function revokedWithForgedAcknowledgement(scenario: Scenario): Promise<void> {
  const session = await scenario.warmSession();
  const { redis, postgres } = scenario.witness;
  const inject = async () => {
    redis.hang('subscribe');
    await postgres.cut();
  };
  const { cluster } = scenario;
  const stopForging = await acknowledgeForAll(cluster.redis.port, cluster.prefix);
  try {
    await scenario.broken(
      'half-open subscription, no Postgres, forged acknowledgements',
      inject,
      async () => {
        await scenario.recorder.logout(REVOKER, session);
        await scenario.probe(session, PROBE_MS);
      },
    );
  } finally {
    await stopForging();
  }
}

/** Acknowledges, again and again, every push that there may be, on behalf of every registered instance. */
async function acknowledgeForAll(port: number, prefix: string): Promise<() => Promise<void>> {
  // Not a subscriber to the pushes: the revoker would count it as a receiver that is not registered.
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false } });
  client.on('error', () => {});
  await client.connect();
  const ids = await client.hKeys(`${prefix}:instances`);
  const pushes = Array.from({ length: PUSHES_MAX }, (_, at) => at + 1);
  let isDone = false;
  const forging = (async () => {
    while (!isDone) {
      for (const revoker of ids) {
        const channel = `${prefix}:acknowledgements:${revoker}`;
        const texts = ids.flatMap((id) => pushes.map((pushId) => `${FORGED_PROOF}${id} ${pushId}`));
        await Promise.all(texts.map((text) => client.publish(channel, text)));
      }
      await sleep(5);
    }
  })();
  return async () => {
    isDone = true;
    await forging;
    await client.disconnect();
  };
}
