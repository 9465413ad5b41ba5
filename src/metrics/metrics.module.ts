import { Global, Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import { MetricsServer } from './metrics-server.js';

/** One registry per service, not the library's global one: a process may hold more than one service. */
@Global()
@Module({
  providers: [{ provide: Registry, useFactory: () => new Registry() }, MetricsServer],
  exports: [Registry],
})
export class MetricsModule {}
