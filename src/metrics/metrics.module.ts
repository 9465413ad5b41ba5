import { Global, Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import { MetricsServer } from './metrics-server.js';
import { RequestMetrics } from './request-metrics.js';

/** One registry per service instead of the library's global one: a process can run several services, as tests do. */
@Global()
@Module({
  providers: [{ provide: Registry, useFactory: () => new Registry() }, RequestMetrics, MetricsServer],
  exports: [Registry],
})
export class MetricsModule {}
