import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyBaseLogger } from 'fastify';
import type { Config } from './config/config.js';
import { ProblemFilter } from './errors/problem.filter.js';
import { allowOrigins } from './http/cors.js';
import { refuseCrossSite } from './http/cross-site.js';
import { HttpAdapter } from './http/http-adapter.js';
import { createLogger } from './http/logger.js';
import { checkRequestShape } from './http/request-shape.js';
import { setSecurityHeaders } from './http/security-headers.js';
import { RequestValidationPipe } from './http/validation.pipe.js';

type BorderConfig = Pick<Config, 'http' | 'logLevel' | 'web'>;

/** @param logger shared with Nest's own log (`NestLogger`) */
export function createHttpAdapter(
  config: BorderConfig,
  logger: FastifyBaseLogger = createLogger(config.logLevel),
): HttpAdapter {
  return new HttpAdapter({ trustProxy: config.http.trustProxy, web: config.web }, logger);
}

/** Everything between the socket and the controllers; to be called before `init` or `listen`. `/docs` is apart. */
export async function setUpApp(app: NestFastifyApplication): Promise<void> {
  const adapter = app.getHttpAdapter() as HttpAdapter;
  const fastify = adapter.getInstance();
  setSecurityHeaders(fastify);
  await allowOrigins(fastify, adapter.web.corsOrigins);
  checkRequestShape(fastify, adapter.allowedMethods);
  refuseCrossSite(fastify, adapter.web);
  app.useGlobalPipes(new RequestValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
}
