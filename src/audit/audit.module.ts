import {
  Global,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Counter, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { errorMessage } from '../errors/error-message.js';
import { AuditDestination, type AuditObserver } from './audit-destination.js';
import { AuditLog } from './audit-log.js';
import { followRequests } from './audit-request.js';

/** Injects `AuditDestination | null`: `null` if `AUDIT_LOG` is not set. */
const DESTINATION = Symbol('AuditDestination');

@Global()
@Module({
  providers: [
    {
      provide: DESTINATION,
      inject: [Config, Registry],
      useFactory: ({ auditLog }: Config, registry: Registry) => {
        const observer = observerOf(registry);
        return auditLog === null ? null : new AuditDestination(auditLog, observer);
      },
    },
    {
      provide: AuditLog,
      inject: [DESTINATION],
      useFactory: (destination: AuditDestination | null) => new AuditLog(destination),
    },
  ],
  exports: [AuditLog],
})
export class AuditModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(DESTINATION) private readonly destination: AuditDestination | null,
    private readonly log: AuditLog,
    private readonly dataSource: DataSource,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    if (!this.destination) return;
    this.log.followTransactions(this.dataSource);
    followRequests(this.adapterHost.httpAdapter.getInstance<FastifyInstance>());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.destination?.close();
  }
}

function observerOf(registry: Registry): AuditObserver {
  const logger = new Logger('AuditLog');
  const counter = (name: string, help: string) => new Counter({ name, help, registers: [registry] });
  const failures = counter(
    'latchkey_audit_write_failures_total',
    'Attempts to write to the audit log that failed. Their lines wait and are tried again.',
  );
  const lost = counter('latchkey_audit_lines_lost_total', 'Lines of the audit log that were dropped.');
  return {
    failed: (error, isFirst) => {
      failures.inc();
      if (isFirst) logger.warn(`cannot be written, lines wait in memory: ${errorMessage(error)}`);
    },
    recovered: () => logger.log('written again'),
    lost: () => lost.inc(),
  };
}
