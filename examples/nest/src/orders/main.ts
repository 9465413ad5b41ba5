import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { OrdersModule } from './orders.module.js';

const { PORT = '4004' } = process.env;

const app = await NestFactory.create(OrdersModule, { logger: ['warn', 'error'], forceCloseConnections: true });
app.enableShutdownHooks();
await app.listen(Number(PORT));
console.log(`orders: http://localhost:${PORT}`);
