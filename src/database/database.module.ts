import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Config } from '../config/config.js';
import { dataSourceOptions, openDataSource } from './data-source.js';
import { PoolMetrics } from './pool-metrics.js';
import { PROTOCOL_DATA_SOURCE } from './protocol-data-source.js';

/** One connection for each kind of read that can be in flight, and one for confirmations. */
const PROTOCOL_POOL_SIZE = 5;

@Global()
@Module({
  providers: [
    {
      provide: PROTOCOL_DATA_SOURCE,
      inject: [Config],
      useFactory: ({ database }: Config) =>
        openDataSource(dataSourceOptions(database.url, PROTOCOL_POOL_SIZE)),
    },
    PoolMetrics,
  ],
  exports: [PROTOCOL_DATA_SOURCE],
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Config],
      useFactory: ({ database }: Config) => ({
        ...dataSourceOptions(database.url, database.poolSize),
        autoLoadEntities: true,
        // If Postgres is absent at start, fail at once; the service manager starts the service again.
        retryAttempts: 0,
      }),
      // Called once, with the options above.
      dataSourceFactory: (options) => openDataSource(options as DataSourceOptions),
    }),
  ],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(PROTOCOL_DATA_SOURCE) private readonly protocol: DataSource) {}

  async onApplicationShutdown(): Promise<void> {
    await this.protocol.destroy();
  }
}
