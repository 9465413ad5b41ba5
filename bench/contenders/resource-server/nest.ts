import 'reflect-metadata';
import {
  type CanActivate,
  Controller,
  type DynamicModule,
  type ExecutionContext,
  Get,
  Module,
  Req,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { meBody } from '../me-body.js';
import { type Caller, type Check, UNCHECKED } from './caller.js';

type Parts = Pick<DynamicModule, 'imports' | 'providers'>;

const CHECKS: Readonly<Record<Check, () => Promise<Parts>>> = {
  none: async () => ({}),
  async connected() {
    await (await import('./connect-guard.js')).connectGuard();
    class AdmitsEveryone implements CanActivate {
      canActivate(): boolean {
        return true;
      }
    }
    return { providers: [{ provide: APP_GUARD, useClass: AdmitsEveryone }] };
  },
  async guard() {
    const { LatchkeyModule } = await import('@latchkey/guard/nest');
    const { connectGuard } = await import('./connect-guard.js');
    return { imports: [LatchkeyModule.forRoot({ guard: await connectGuard() })] };
  },
  async passport() {
    const { AuthGuard, PassportStrategy } = await import('@nestjs/passport');
    const { Strategy } = await import('passport-jwt');
    const { callerOf, jwtStrategyOptions } = await import('./jwt-strategy.js');
    const options = await jwtStrategyOptions();
    class JwtStrategy extends PassportStrategy(Strategy) {
      constructor() {
        super(options);
      }

      validate(claims: Parameters<typeof callerOf>[0]): Caller {
        return callerOf(claims);
      }
    }
    return { providers: [JwtStrategy, { provide: APP_GUARD, useClass: AuthGuard('jwt') }] };
  },
  async introspection() {
    const { introspect } = await import('./introspect.js');
    class IntrospectionGuard implements CanActivate {
      async canActivate(context: ExecutionContext): Promise<boolean> {
        const request = context
          .switchToHttp()
          .getRequest<{ headers: { authorization?: string }; user?: Caller }>();
        request.user = await introspect(request.headers.authorization);
        return true;
      }
    }
    return { providers: [{ provide: APP_GUARD, useClass: IntrospectionGuard }] };
  },
};

@Controller()
class MeController {
  @Get('me')
  async me(@Req() { user = UNCHECKED }: { user?: Caller }) {
    return meBody(user.userId, user.sessionId);
  }
}

@Module({ controllers: [MeController] })
class ServerModule {}

export async function start(check: Check, port: number, host: string): Promise<string> {
  const module = { module: ServerModule, ...(await CHECKS[check]()) };
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
    logger: false,
  });
  await app.listen(port, host);
  return app.getUrl();
}
