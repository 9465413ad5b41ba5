import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
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
    ClientRegistry,
    ClientAuthentication,
  ],
  exports: [ClientAuthentication, ClientRegistry],
})
export class ClientsModule {}
