import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench-context.js';
import { Fleet, type LiveSession } from '../guard-swarm/fleet.js';
import { Swarm, type SwarmReport } from '../guard-swarm/swarm.js';

/** The number of guards for which there is a target, and with which the rate is measured. */
export const MANY_GUARDS = 100;
const PLAN = { latencyGuards: [0, 10, MANY_GUARDS, 1_000], rateGuards: [0, MANY_GUARDS] };
const COUNTS = { warmUp: 300, revokes: 500, burst: 3_000 };
const QUICK_PLAN = { latencyGuards: [0, 10], rateGuards: [0, 10] };
const QUICK_COUNTS = { warmUp: 5, revokes: 20, burst: 100 };
const IN_FLIGHT = 64;
const PAUSE_MS = 5;

export interface RevokeLatency {
  readonly guards: number;
  /** The client's time for each revoke. */
  readonly requestMs: readonly number[];
  /** Guards that would have granted a request after the 204, summed over all revokes. */
  readonly granting: number;
}

export interface RevokeRate {
  readonly guards: number;
  readonly revokes: number;
  readonly perSecond: number;
  /** Messages with ends that each guard received, per revoke; NaN without guards. */
  readonly messagesPerRevoke: number;
}

export interface GuardRevokes {
  readonly latencies: readonly RevokeLatency[];
  readonly rates: readonly RevokeRate[];
}

/** How long a revoke takes, and how many are possible per second, by the number of guards. */
export async function measureGuardRevokes(bench: Bench): Promise<GuardRevokes> {
  const { latencyGuards, rateGuards } = bench.quick ? QUICK_PLAN : PLAN;
  const { warmUp, revokes, burst } = bench.quick ? QUICK_COUNTS : COUNTS;
  const sessions = latencyGuards.length * (warmUp + revokes) + rateGuards.length * burst;
  const fleet = await Fleet.start(bench, sessions, IN_FLIGHT);
  try {
    const latencies: RevokeLatency[] = [];
    for (const guards of latencyGuards) {
      bench.say(`  latency with ${guards} guards`);
      latencies.push(
        await withSwarm(fleet, guards, async (swarm) => {
          await revokeOneByOne(fleet, swarm, fleet.take(warmUp));
          return { guards, ...(await revokeOneByOne(fleet, swarm, fleet.take(revokes))) };
        }),
      );
    }
    const rates: RevokeRate[] = [];
    for (const guards of rateGuards) {
      bench.say(`  rate with ${guards} guards`);
      rates.push(
        await withSwarm(fleet, guards, (swarm) => revokeAll(fleet, swarm, fleet.take(burst), guards)),
      );
    }
    return { latencies, rates };
  } finally {
    await fleet.stop();
  }
}

/** @throws if a guard lost its connection or its lease meanwhile: revokes do not wait for such guards */
async function withSwarm<T>(fleet: Fleet, guards: number, measure: (swarm: Swarm) => Promise<T>): Promise<T> {
  const swarm = await Swarm.start(guards, fleet.urls);
  try {
    const result = await measure(swarm);
    const { trusting, disconnects } = await swarm.report();
    if (trusting < guards || disconnects > 0) {
      throw new Error(`of ${guards} guards ${trusting} have a lease, after ${disconnects} lost connections`);
    }
    return result;
  } finally {
    await swarm.stop();
  }
}

async function revokeOneByOne(
  fleet: Fleet,
  swarm: Swarm,
  sessions: readonly LiveSession[],
): Promise<Omit<RevokeLatency, 'guards'>> {
  const requestMs: number[] = [];
  let granting = 0;
  for (const [turn, session] of sessions.entries()) {
    requestMs.push(await fleet.revoke(session, turn));
    granting += await swarm.granting(session.id);
    await sleep(PAUSE_MS);
  }
  return { requestMs, granting };
}

/** Keeps many revokes in flight. @throws if a guard does not know all of them at the end */
async function revokeAll(
  fleet: Fleet,
  swarm: Swarm,
  sessions: readonly LiveSession[],
  guards: number,
): Promise<RevokeRate> {
  const before = await swarm.report();
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (let turn = next++; turn < sessions.length; turn = next++) {
        await fleet.revoke(sessions[turn] as LiveSession, turn);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await swarm.report();
  requireAllEnds(before, after, sessions.length);
  const messages = after.endsMessages - before.endsMessages;
  const revokes = sessions.length;
  return {
    guards,
    revokes,
    perSecond: revokes / seconds,
    messagesPerRevoke: messages / guards / revokes,
  };
}

function requireAllEnds(before: SwarmReport, after: SwarmReport, revokes: number): void {
  const learned = after.fewestEnds - before.fewestEnds;
  // Infinity minus infinity, without guards.
  if (learned < revokes) throw new Error(`a guard has learned of ${learned} of ${revokes} revokes`);
}
