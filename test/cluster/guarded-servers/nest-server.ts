import { Controller, Get, type MessageEvent, Module, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Observable } from 'rxjs';
import { CurrentUser, LatchkeyModule, type Principal } from '../../../packages/guard/src/nest.js';
import { guardOfEnvironment } from './guard-of-environment.js';
import { Ticker } from './ticker.js';

const ticker = new Ticker();

@Controller()
class OrdersController {
  @Get('orders')
  orders(@CurrentUser() { userId }: Principal) {
    return { userId };
  }

  @Sse('ticks')
  ticks(): Observable<MessageEvent> {
    return new Observable((subscriber) => ticker.add((data) => subscriber.next({ data })));
  }
}

@Module({
  // Requests before the guard is ready are answered with 503, as those at the other servers are.
  imports: [LatchkeyModule.forRoot({ guard: guardOfEnvironment(), readyTimeoutMs: 1 })],
  controllers: [OrdersController],
})
class NestServer {}

const app = await NestFactory.create(NestServer, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
process.stdout.write(`listening on ${await app.getUrl()}\n`);
