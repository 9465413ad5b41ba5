import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { GrpcOptions } from '@nestjs/microservices';
import { shipmentsGrpc } from '../shipments-grpc.js';
import { ShippingModule } from './shipping.module.js';

const { PORT = '4005' } = process.env;

const app = await NestFactory.createMicroservice<GrpcOptions>(ShippingModule, {
  ...shipmentsGrpc(`localhost:${PORT}`),
  logger: ['warn', 'error'],
});
app.enableShutdownHooks();
await app.listen();
console.log(`shipping: localhost:${PORT}`);
