import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyBaseLogger } from 'fastify';
import type { Config } from './config/config.js';
import { allowOrigins } from './http/server/cors.js';
import { rejectCrossSiteRequests } from './http/server/cross-site.js';
import { readDemands } from './http/server/forward-auth-demands.js';
import { HttpAdapter } from './http/server/http-adapter.js';
import { rejectIdentityHeaders } from './http/server/identity-header-check.js';
import { ProblemFilter } from './http/server/problem.filter.js';
import { warnOfRefusedOrigins } from './http/server/refused-origins.js';
import { checkRequestShape } from './http/server/request-shape.js';
import { setSecurityHeaders } from './http/server/security-headers.js';
import { warnOfUnconfiguredProxy } from './http/server/unconfigured-proxy.js';
import { RequestValidationPipe } from './http/validation/validation.pipe.js';
import { createLogger } from './logging/logger.js';

type BorderConfig = Pick<Config, 'http' | 'logLevel' | 'web'>;

/** @param logger also used for Nest's own log (`NestLogger`) */
export function createHttpAdapter(
  config: BorderConfig,
  logger: FastifyBaseLogger = createLogger(config.logLevel),
): HttpAdapter {
  return new HttpAdapter({ trustProxy: config.http.trustProxy, web: config.web }, logger);
}

/** Sets up everything between the socket and the controllers except `/docs`. Call it before `init` or `listen`. */
export async function setUpApp(app: NestFastifyApplication): Promise<void> {
  const adapter = app.getHttpAdapter() as HttpAdapter;
  const fastify = adapter.getInstance();
  setSecurityHeaders(fastify);
  await allowOrigins(fastify, adapter.web.corsOrigins);
  warnOfUnconfiguredProxy(fastify, adapter.trustProxy);
  warnOfRefusedOrigins(fastify);
  checkRequestShape(fastify, adapter.allowedMethods);
  rejectCrossSiteRequests(fastify, adapter.web);
  readDemands(fastify);
  rejectIdentityHeaders(fastify);
  app.useGlobalPipes(new RequestValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
}
