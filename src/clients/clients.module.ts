import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { Client, ClientSecret } from './client.entity.js';
import { ClientAuthentication } from './client-authentication.js';
import { ClientRegistry } from './client-registry.js';
import { ClientStore } from './client-store.js';

/** The resource servers and gateways that may use the service. */
@Module({
  imports: [TypeOrmModule.forFeature([Client, ClientSecret])],
  providers: [
    {
      provide: ClientStore,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new ClientStore(dataSource),
    },
    {
      provide: ClientRegistry,
      inject: [ClientStore, Config],
      useFactory: (store: ClientStore, config: Config) => new ClientRegistry(store, config),
    },
    ClientAuthentication,
  ],
  exports: [ClientAuthentication, ClientRegistry],
})
export class ClientsModule {}
