import { LatchkeyModule } from '@latchkey/guard/nest';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { ClientsModule } from '@nestjs/microservices';
import { latchkeyOptions } from '../latchkey-options.js';
import { shipmentsGrpc } from '../shipments-grpc.js';
import { OrdersController } from './orders.controller.js';
import { OrdersResolver } from './orders.resolver.js';
import { OrdersService } from './orders.service.js';
import { ShipmentsClient } from './shipments-client.js';

const { SHIPPING = 'localhost:4005' } = process.env;

@Module({
  imports: [
    // From here on, every controller and resolver needs a token of an active session, unless it is @Public().
    LatchkeyModule.forRoot(latchkeyOptions()),
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      subscriptions: { 'graphql-ws': true },
    }),
    ClientsModule.register([{ name: ShipmentsClient.TRANSPORT, ...shipmentsGrpc(SHIPPING) }]),
  ],
  controllers: [OrdersController],
  providers: [OrdersService, OrdersResolver, ShipmentsClient],
})
export class OrdersModule {}
