import { REVOKER, type Scenario } from './scenario.js';

const PROBE_MS = 1_000;

/**
 * A session is revoked while the witness has a half-open subscription and a healthy command connection, and cannot
 * learn of the revocation from Postgres either.
 */
export async function revokedWithHalfOpenSubscription(scenario: Scenario): Promise<void> {
  const session = await scenario.warmSession();
  const { redis, postgres } = scenario.witness;
  const inject = async () => {
    redis.hang('subscribe');
    await postgres.cut();
  };
  await scenario.broken('half-open subscription, no Postgres', inject, async () => {
    await scenario.recorder.logout(REVOKER, session);
    await scenario.probe(session, PROBE_MS);
  });
}
