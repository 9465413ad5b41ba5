import type { CacheLayer, Observer } from '@latchkey/revocation/observer';
import type { Confirmation } from '@latchkey/revocation/session-store';
import { Injectable } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { tracer } from '../../telemetry/tracing.js';

const SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5];

/** How long revocations take, and which layer answers lookups, for Prometheus. */
@Injectable()
export class SessionMetrics implements Observer {
  // Plain numbers on the hot path; the library's counters are filled from them when metrics are read.
  private readonly lookups: Record<CacheLayer, number> = { memory: 0, shared: 0, store: 0 };
  private distrustedLookups = 0;
  private readonly awaited: Gauge;
  private readonly enforcement: Histogram<'how'>;
  private readonly unconfirmedEnds: Counter;
  private readonly lastGrant: Histogram;
  private readonly guardWaits: Histogram;
  private readonly refusedLeases: Counter;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    const { lookups } = this;
    const distrusted = () => this.distrustedLookups;
    new Counter({
      name: 'latchkey_session_lookups_total',
      help: 'Session lookups, by the last layer that was asked.',
      labelNames: ['tier'],
      registers,
      collect() {
        this.reset();
        this.inc({ tier: 'memory' }, lookups.memory);
        this.inc({ tier: 'shared' }, lookups.shared);
        // `truth` is an older name for the store; dashboards depend on it.
        this.inc({ tier: 'truth' }, lookups.store);
      },
    });
    new Counter({
      name: 'latchkey_session_lookups_distrusted_total',
      help: 'Lookups that went to Postgres because caches could not be trusted.',
      registers,
      collect() {
        this.reset();
        this.inc(distrusted());
      },
    });
    this.awaited = new Gauge({
      name: 'latchkey_revocation_acknowledgements_awaited',
      help: 'Acknowledgements that pushes in flight are waiting for.',
      registers,
    });
    this.enforcement = new Histogram({
      name: 'latchkey_revocation_enforced_seconds',
      help: 'Time from the commit of a revocation until no instance grants the session any longer.',
      labelNames: ['how'],
      buckets: SECONDS,
      registers,
    });
    this.unconfirmedEnds = new Counter({
      name: 'latchkey_revocation_unconfirmed_total',
      help: 'Revocations that could not be confirmed everywhere in time (answered 202).',
      registers,
    });
    this.lastGrant = new Histogram({
      name: 'latchkey_revocation_last_grant_seconds',
      help: 'Time from the commit of a revocation to the last request this instance granted to the session.',
      buckets: SECONDS,
      registers,
    });
    this.guardWaits = new Histogram({
      name: 'latchkey_guards_awaited_seconds',
      help: 'Time that revocations waited for the guards connected to this instance.',
      buckets: SECONDS,
      registers,
    });
    this.refusedLeases = new Counter({
      name: 'latchkey_guard_leases_refused_total',
      help: 'Pings of guards that were answered without a lease.',
      registers,
    });
  }

  /** Adds a gauge that is read together with the other metrics. */
  readonly gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  };

  lookedUp(layer: CacheLayer): void {
    this.lookups[layer] += 1;
    if (tracer !== null) trace.getActiveSpan()?.setAttribute('latchkey.session_lookup', layer);
  }

  distrusted(): void {
    this.distrustedLookups += 1;
  }

  awaiting(instances: number): void {
    this.awaited.inc(instances);
  }

  enforced(how: Confirmation['how'], ms: number): void {
    this.enforcement.observe({ how }, ms / 1000);
  }

  unconfirmed(): void {
    this.unconfirmedEnds.inc();
  }

  grantedAfterEnd(ms: number): void {
    this.lastGrant.observe(ms / 1000);
  }

  inForceAtGuards(ms: number): void {
    this.guardWaits.observe(ms / 1000);
  }

  leaseRefused(): void {
    this.refusedLeases.inc();
  }
}
