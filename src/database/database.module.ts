import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Config } from '../config/config.js';
import { dataSourceOptions, openDataSource } from './data-source.js';

/**
 * Injects connections of their own for the session check and the revocation protocol: a flood of logins that holds
 * every other connection must not keep an end from being seen.
 */
export const PROTOCOL_DATA_SOURCE = Symbol('ProtocolDataSource');

/** One for each kind of read that may be in flight, and one for what is confirmed. */
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
  ],
  exports: [PROTOCOL_DATA_SOURCE],
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Config],
      useFactory: ({ database }: Config) => ({
        ...dataSourceOptions(database.url, database.poolSize),
        autoLoadEntities: true,
        // Absent at start is a fault to be told at once; whoever started the service starts it again.
        retryAttempts: 0,
      }),
      // Called once, with the options of above.
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
