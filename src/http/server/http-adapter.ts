import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Config } from '../../config/config.js';
import { AllowedMethods } from './allowed-methods.js';
import { acceptJsonOnly, BODY_LIMIT_BYTES } from './body-parser.js';
import { answerClientError } from './client-error.js';
import { drainOnClose } from './draining.js';
import { answerProblem } from './problem.filter.js';
import { REQUEST_ID_HEADER, requestId } from './request-id.js';
import { logRequest, logRequests, requestLoggers } from './request-log.js';
import { BARE_SECURITY_HEADERS } from './security-headers.js';

/** A whole request, and its headers, have to be here within these: a slow client holds a connection no longer. */
const REQUEST_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 5_000;
/** Longer than the idle time of the usual load balancer (60 s), so that it is the one to close. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** No id is this long, and an id that is too long shall look like any unknown one. */
const MAX_PARAM_LENGTH = 1024;

export interface HttpAdapterOptions {
  readonly trustProxy: boolean | number | string[];
  readonly web: Config['web'];
}

/** Fastify as this service needs it, below everything Nest knows of. */
export class HttpAdapter extends FastifyAdapter {
  readonly allowedMethods = new AllowedMethods();
  readonly web: Config['web'];

  constructor({ trustProxy, web }: HttpAdapterOptions, logger: FastifyBaseLogger) {
    super({
      loggerInstance: logger,
      childLoggerFactory: requestLoggers(logger),
      // `request-log.ts` writes the one line of a request.
      logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
      trustProxy: typeof trustProxy === 'number' ? nearest(trustProxy) : trustProxy,
      genReqId: requestId,
      bodyLimit: BODY_LIMIT_BYTES,
      onProtoPoisoning: 'error',
      onConstructorPoisoning: 'error',
      routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      http: {
        headersTimeout: HEADERS_TIMEOUT_MS,
        connectionsCheckingInterval: 1_000,
        maxHeaderSize: MAX_HEADER_BYTES,
        // Node answers a missing Host with an empty body; the hook below says what is wrong.
        requireHostHeader: false,
      },
      // What still arrives while the service drains is served: its dependencies close after the server.
      return503OnClosing: false,
      clientErrorHandler: (fault, socket) => answerClientError(fault, socket, logger),
      frameworkErrors: (fault: Error, request: unknown, reply: unknown) =>
        answerRoutingError(fault, request as FastifyRequest, reply as FastifyReply),
      // No middleware of Express's kind, and no uploads.
      skipMiddie: true,
      multipart: false,
    });
    this.web = web;
    const fastify = this.getInstance();
    fastify.decorateReply('errorCode', undefined);
    this.allowedMethods.collect(fastify);
    acceptJsonOnly(fastify);
    logRequests(fastify);
    drainOnClose(fastify);
    fastify.addHook('onRequest', (request, reply, done) => {
      reply.header(REQUEST_ID_HEADER, request.id);
      done();
    });
  }

  /** Nest's parsers would admit `application/x-www-form-urlencoded`; `body-parser.ts` has set ours. */
  override registerParserMiddleware(): void {}
}

/**
 * Trusts that many proxies, counted from here. Fastify takes a number too, but then trusts nobody: it cannot know
 * that clients have no way past the proxies. Whoever sets a number says that they have none.
 */
function nearest(hops: number) {
  return (_address: string, hop: number) => hop < hops;
}

/** A path that the router cannot decode or match: no hook has run, and none will. */
function answerRoutingError(fault: Error, request: FastifyRequest, reply: FastifyReply): void {
  reply.header(REQUEST_ID_HEADER, request.id).headers(BARE_SECURITY_HEADERS);
  answerProblem(fault, request, reply);
  logRequest(request, reply);
}
