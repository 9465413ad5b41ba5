import { INSTANCES } from '../guard-swarm/fleet.js';
import type { SectionResult, Table, Target } from '../section.js';
import { quantile } from '../statistics.js';
import type { GuardMemory } from './guard-memory.js';
import { type GuardRevokes, MANY_GUARDS, type RevokeLatency, type RevokeRate } from './guard-revokes.js';

const TARGET_P99_MS = 20;
const TARGET_MIB = 60;

const count = (value: number) => value.toLocaleString('en');
const ms = (value: number) => `${value.toFixed(1)} ms`;
const mib = (value: number) => `${value.toFixed(0)} MiB`;

export function reportGuards({ latencies, rates }: GuardRevokes, memory: GuardMemory): SectionResult {
  const granting = latencies.reduce((sum, it) => sum + it.granting, 0);
  return {
    title: 'Guards',
    notes: [
      `${INSTANCES} instances with Redis share the server's core. Guards are simulated: each has its own connection to one of the instances and its own ended set, but many share a process, and all of them the other core with the client, Postgres and Redis. Sessions are revoked one after another by \`DELETE /sessions/:id\`, at each instance in turn, after a warm-up with the same guards. The time is that of the whole request, on the client's clock. After each 204, every guard was asked whether it would still grant a request of the session: ${granting === 0 ? 'none would' : `${granting} would`}.`,
      'For the rate, 64 revokes are in flight. Ends that an instance learns in the same tick reach a guard in one message.',
      `Memory is that of a Fastify server after five seconds of load from 1,000 sessions: without a guard, with one, and with one that knows ${count(memory.ends)} ends.`,
    ],
    tables: [latencyTable(latencies), rateTable(rates), memoryTable(memory)],
    targets: targetsOf(latencies, granting, memory),
  };
}

function latencyTable(latencies: readonly RevokeLatency[]): Table {
  return {
    caption: 'Time until a revoke is answered',
    columns: ['guards', 'revokes', 'p50', 'p99'],
    rows: latencies.map(({ guards, requestMs }) => [
      count(guards),
      count(requestMs.length),
      ms(quantile(requestMs, 0.5)),
      ms(quantile(requestMs, 0.99)),
    ]),
  };
}

function rateTable(rates: readonly RevokeRate[]): Table {
  return {
    caption: 'Revokes per second',
    columns: ['guards', 'revokes', 'per second', 'messages to each guard, per revoke'],
    rows: rates.map(({ guards, revokes, perSecond, messagesPerRevoke }) => [
      count(guards),
      count(revokes),
      perSecond.toFixed(0),
      guards === 0 ? '' : messagesPerRevoke.toFixed(2),
    ]),
  };
}

function memoryTable({ ends, bareMiB, emptyMiB, fullMiB }: GuardMemory): Table {
  return {
    caption: 'Resident memory of a resource server',
    columns: ['', 'resident memory', 'more than without a guard'],
    rows: [
      ['without a guard', mib(bareMiB), ''],
      ['with a guard', mib(emptyMiB), mib(emptyMiB - bareMiB)],
      [`with a guard and ${count(ends)} recent ends`, mib(fullMiB), mib(fullMiB - bareMiB)],
    ],
  };
}

function whyLate(latencies: readonly RevokeLatency[]): string {
  const p99 = (of: number) =>
    ms(quantile(latencies.find(({ guards }) => guards === of)?.requestMs ?? [], 0.99));
  return `Without guards it is ${p99(0)}: the instances share one core, and everything else the other.`;
}

function targetsOf(
  latencies: readonly RevokeLatency[],
  granting: number,
  { ends, bareMiB, fullMiB }: GuardMemory,
): Target[] {
  const many = latencies.find(({ guards }) => guards === MANY_GUARDS);
  return [
    {
      claim: `revoke with ${MANY_GUARDS} guards, until the 204, p99`,
      measured: many ? quantile(many.requestMs, 0.99) : Number.NaN,
      bound: 'at most',
      target: TARGET_P99_MS,
      unit: 'ms',
      ifMissed: whyLate(latencies),
    },
    {
      claim: 'guards that would grant a request after the 204',
      measured: granting,
      bound: 'at most',
      target: 0,
    },
    {
      claim: `resident memory that a guard with ${count(ends)} recent ends adds to a Fastify server`,
      measured: fullMiB - bareMiB,
      bound: 'at most',
      target: TARGET_MIB,
      unit: 'MiB',
    },
  ];
}
