// Nest on Fastify with nothing but the guard named by BENCH_GUARD.
import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { type CanActivate, Controller, Get, Module, Req, type Type, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { meBody } from '../me-body.js';
import type { Claims } from './claims.js';
import { cachingGuard, keyObjectGuard, stockGuard } from './guards.js';
import { issueTokens } from './issue-tokens.js';
import { postgresSessions, redisSessions } from './session-stores.js';

const { BENCH_GUARD = '', BENCH_CREDENTIALS = '', BENCH_SESSIONS = '0' } = process.env;
const GUARDS: Record<string, () => Promise<Type<CanActivate>>> = {
  stock: async () => stockGuard(null),
  redis: async () => stockGuard(await redisSessions(claims)),
  postgres: async () => stockGuard(await postgresSessions(claims)),
  'key-object': async () => keyObjectGuard(),
  caching: async () => cachingGuard(),
};

const { tokens, claims } = issueTokens(Number(BENCH_SESSIONS));
writeFileSync(BENCH_CREDENTIALS, `${tokens.join('\n')}\n`);
const guard = await GUARDS[BENCH_GUARD]?.();
if (!guard) throw new Error(`BENCH_GUARD must be one of ${Object.keys(GUARDS).join(', ')}`);

@Controller()
class MeController {
  @Get('me')
  @UseGuards(guard as Type<CanActivate>)
  async me(@Req() { user }: { user: Claims }) {
    return meBody(user.sub, user.sid);
  }
}

@Module({ controllers: [MeController] })
class ServerModule {}

const app = await NestFactory.create<NestFastifyApplication>(ServerModule, new FastifyAdapter(), {
  logger: false,
});
await app.listen(Number(process.env.PORT), process.env.HOST ?? '127.0.0.1');
console.log(`listening on ${await app.getUrl()}`);
