import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { PROTOCOL_DATA_SOURCE } from './protocol-data-source.js';

type PoolState = Pick<Pool, 'totalCount' | 'idleCount' | 'waitingCount' | 'options'>;

/** The connections to Postgres of this instance, for Prometheus. */
@Injectable()
export class PoolMetrics {
  constructor(registry: Registry, requests: DataSource, @Inject(PROTOCOL_DATA_SOURCE) protocol: DataSource) {
    const pools = { requests: poolOf(requests), protocol: poolOf(protocol) };
    new Gauge({
      name: 'latchkey_database_connections',
      help: 'Connections to Postgres, by pool and state.',
      labelNames: ['pool', 'state'],
      registers: [registry],
      collect() {
        for (const [pool, { totalCount, idleCount }] of Object.entries(pools)) {
          this.set({ pool, state: 'idle' }, idleCount);
          this.set({ pool, state: 'busy' }, totalCount - idleCount);
        }
      },
    });
    new Gauge({
      name: 'latchkey_database_connections_awaited',
      help: 'Statements that wait because every connection to Postgres is busy, by pool.',
      labelNames: ['pool'],
      registers: [registry],
      collect() {
        for (const [pool, it] of Object.entries(pools)) this.set({ pool }, awaited(it));
      },
    });
  }
}

/** Every statement waits for a moment, also when a connection is idle or can be opened. */
export function awaited({ totalCount, idleCount, waitingCount, options }: PoolState): number {
  const isExhausted = idleCount === 0 && totalCount >= options.max;
  return isExhausted ? waitingCount : 0;
}

function poolOf({ driver }: DataSource): Pool {
  return (driver as unknown as { readonly master: Pool }).master;
}
