// The service from its source, started like `main.ts` does in production, with three additional routes. They pass
// through the same server, hooks, headers, log, guards and interceptors, so that only the check differs.
import { writeFileSync } from 'node:fs';
import { VerifiedTokens } from '@latchkey/access-token/verified-tokens';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { AppModule } from '../../../src/app.module.js';
import { createHttpAdapter, setUpApp } from '../../../src/app.setup.js';
import { requireAccessToken } from '../../../src/auth/access-tokens/bearer-token.js';
import { invalidToken } from '../../../src/auth/access-tokens/invalid-token.js';
import { MeDto } from '../../../src/auth/auth.dto.js';
import { readEnvironment } from '../../../src/config/environment.js';
import { Public } from '../../../src/http/routes/route-decorators.js';
import { createLogger } from '../../../src/logging/logger.js';
import { NestLogger } from '../../../src/logging/nest-logger.js';
import { allocateAsYoung, growSlowly } from '../../../src/start/v8-flags.js';
import { issueCredentials, PRINCIPAL } from './sessions.mjs';

/** Providers that the service's modules do not export; set once the application exists. */
const service = { verified: null, registry: null };

/** The best case of a stateless service: uses the cached signature check, checks the expiry, looks up no session. */
class StatelessGuard {
  canActivate(context) {
    const request = context.switchToHttp().getRequest();
    if (!service.verified.find(requireAccessToken(request, 'none'), Date.now()))
      throw invalidToken('not verified before');
    return true;
  }
}

class BenchController {
  /** Answers like `GET /auth/me`, including the formatting of the times. */
  open() {
    return MeDto.of(PRINCIPAL, environment.policy);
  }

  stateless() {
    return MeDto.of(PRINCIPAL, environment.policy);
  }

  async lookups() {
    const metric = await service.registry.getSingleMetric('latchkey_session_lookups_total').get();
    return Object.fromEntries(metric.values.map(({ labels, value }) => [labels.tier, value]));
  }
}
Controller('bench')(BenchController);
Public()(BenchController);
for (const name of ['open', 'stateless', 'lookups']) {
  Get(name)(
    BenchController.prototype,
    name,
    Object.getOwnPropertyDescriptor(BenchController.prototype, name),
  );
}
UseGuards(StatelessGuard)(
  BenchController.prototype,
  'stateless',
  Object.getOwnPropertyDescriptor(BenchController.prototype, 'stateless'),
);

class BenchModule {}
Module({ controllers: [BenchController] })(BenchModule);

allocateAsYoung();
growSlowly();
const environment = readEnvironment(process.env, () => Buffer.alloc(0));
const logger = createLogger(environment.logLevel);
const app = await NestFactory.create(
  {
    module: BenchModule,
    imports: [AppModule.forRoot(environment)],
    providers: [],
  },
  createHttpAdapter(environment, logger),
  { logger: new NestLogger(logger), abortOnError: false },
);
service.verified = app.get(VerifiedTokens, { strict: false });
service.registry = app.get(Registry, { strict: false });
await setUpApp(app);
await app.listen(environment.http.port, environment.http.host);
const { BENCH_CREDENTIALS, BENCH_SESSIONS } = process.env;
const tokens = await issueCredentials(
  app,
  app.get(DataSource, { strict: false }),
  Number(BENCH_SESSIONS ?? 0),
);
if (BENCH_CREDENTIALS) writeFileSync(BENCH_CREDENTIALS, `${tokens.join('\n')}\n`);
process.on('SIGTERM', () => app.close().then(() => process.exit(0)));
console.log(`listening on ${await app.getUrl()}`);
