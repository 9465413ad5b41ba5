import type { TokenSubject } from '@latchkey/access-token/claims';
import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  HttpException,
  Module,
  Post,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { FastifyReply } from 'fastify';
import { AccessTokenModule } from '../../src/auth/access-tokens/access-token.module.js';
import { SigningKey } from '../../src/auth/keys/signing-key.entity.js';
import type { Config } from '../../src/config/config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { AppError } from '../../src/errors/app-error.js';
import { ERROR_CODES } from '../../src/errors/error-codes.js';
import { CurrentPrincipal, type Principal } from '../../src/http/routes/principal.js';
import type { RequestClient } from '../../src/http/routes/request-client.js';
import { Public, Roles, Sensitive } from '../../src/http/routes/route-decorators.js';
import { type CheckedPrincipal, SessionCheck } from '../../src/sessions/check/session-check.js';
import { SessionClock } from '../../src/sessions/session-clock.js';
import { SessionsModule } from '../../src/sessions/sessions.module.js';
import { activeSnapshot } from './active-snapshot.js';

/** A session check with scripted results; by default every session is active. */
export class ScriptedSessions implements Pick<SessionCheck, 'check'> {
  readonly asked: { subject: TokenSubject; address: string }[] = [];
  answer: (principal: Principal) => Principal | Promise<Principal> = (principal) => principal;

  check(subject: TokenSubject, { address }: RequestClient): CheckedPrincipal | Promise<CheckedPrincipal> {
    this.asked.push({ subject, address });
    const { userId, sessionId, roles, authenticatedAt } = subject;
    const session = { snapshot: activeSnapshot(sessionId), use: { grantedAt: 0 } };
    const answer = this.answer({ userId, sessionId, roles, authenticatedAt });
    return answer instanceof Promise
      ? answer.then((principal) => ({ ...principal, session }))
      : { ...answer, session };
  }
}

@Controller()
class ProbeController {
  @Get('closed')
  closed(@CurrentPrincipal() { session: _session, ...principal }: CheckedPrincipal) {
    return principal;
  }

  @Post('closed')
  closedWithBody(@Body() body: unknown) {
    return { body };
  }

  @Public()
  @Get('open')
  open() {
    return { open: true };
  }

  @Roles('admin', 'auditor')
  @Get('admins')
  admins() {
    return { admin: true };
  }

  @Sensitive('device.rename')
  @Get('sensitive')
  sensitive() {
    return { sensitive: true };
  }

  @Public()
  @Roles('admin')
  @Get('contradiction')
  contradiction() {
    return { reached: true };
  }
}

/** Returns every field of an error to the client, so that any difference between two errors is visible. */
@Catch()
class PlainFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost) {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof AppError) {
      const { code, message, detail, members } = error;
      return reply.status(ERROR_CODES[code].status).send({ code, message, detail, ...members });
    }
    const status = error instanceof HttpException ? error.getStatus() : 500;
    return reply.status(status).send({ code: 'unexpected', message: String(error) });
  }
}

export interface TokenApp {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly sessions: ScriptedSessions;
}

/** A service with only the token path: real keys, strategy and guards on a real socket, and scripted sessions. */
export async function startTokenApp(config: Config): Promise<TokenApp> {
  const sessions = new ScriptedSessions();

  @Module({
    providers: [
      { provide: SessionCheck, useValue: sessions },
      { provide: SessionClock, useValue: { now: () => Date.now() } },
    ],
    exports: [SessionCheck, SessionClock],
  })
  class SessionsStandIn {}

  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(config),
      TypeOrmModule.forRoot({
        ...dataSourceOptions(config.database.url, 4),
        entities: [SigningKey],
        // Tests with the database down must not wait for retries.
        retryAttempts: 0,
      }),
      AccessTokenModule,
    ],
    controllers: [ProbeController],
    providers: [{ provide: APP_FILTER, useClass: PlainFilter }],
  })
    .overrideModule(SessionsModule)
    .useModule(SessionsStandIn)
    .compile();

  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
    logger: false,
  });
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), sessions };
}
