import type { Server } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Config } from '../../config/config.js';
import { AllowedMethods } from './allowed-methods.js';
import { acceptJsonOnly, BODY_LIMIT_BYTES } from './body-parser.js';
import { answerClientError } from './client-error.js';
import { limitConnections } from './connection-limits.js';
import { drainOnClose } from './draining.js';
import { ignoreBodies } from './ignored-body.js';
import { replaceNodeDefaults } from './node-defaults.js';
import { sendProblem } from './problem.filter.js';
import { logRequest, logRequests, REQUEST_ID_HEADER, requestId, requestLoggers } from './request-log.js';
import { endRequestSpan, traceRequests } from './request-span.js';
import { BARE_SECURITY_HEADERS } from './security-headers.js';
import { isProxyOf, type TrustProxy, trustedHops } from './trusted-proxies.js';
import { readBodyBeforeClosing } from './unread-body.js';

/** How long a client may take to send a request and its headers before its connection is closed. */
const REQUEST_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 5_000;
/**
 * A connection on which nothing moves for this long is closed: its client does not read the response. Open streams send a
 * heartbeat every 10 seconds.
 */
const STUCK_TIMEOUT_MS = 30_000;
/**
 * How long a connection is kept after a response. For a proxy longer than the usual idle timeout of a load balancer
 * (60 s), so that the load balancer closes first. A client that never reads its response looks idle as soon as the
 * response fits into the buffers of the system.
 */
const KEEP_ALIVE_TIMEOUT_MS = { client: 30_000, proxy: 72_000 };
const MAX_HEADER_BYTES = 16 * 1024;
/** Longer than any id, so that an overlong id of a resource gets the same answer as an unknown one. */
const MAX_PARAM_LENGTH = 1024;

export interface HttpAdapterOptions {
  readonly trustProxy: TrustProxy;
  readonly web: Config['web'];
}

/** Fastify, configured for this service: everything below Nest. */
export class HttpAdapter extends FastifyAdapter {
  readonly allowedMethods = new AllowedMethods();
  readonly trustProxy: TrustProxy;
  readonly web: Config['web'];
  /** From then on, every answer closes its connection: clients open the next one to another instance. */
  readonly closeConnections: () => void;

  constructor({ trustProxy, web }: HttpAdapterOptions, logger: FastifyBaseLogger) {
    super({
      loggerInstance: logger,
      childLoggerFactory: requestLoggers(logger),
      // `request-log.ts` writes one line per request instead.
      logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
      trustProxy: trustedHops(trustProxy),
      genReqId: requestId,
      bodyLimit: BODY_LIMIT_BYTES,
      routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionTimeout: STUCK_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS[trustProxy === false ? 'client' : 'proxy'],
      http: {
        headersTimeout: HEADERS_TIMEOUT_MS,
        connectionsCheckingInterval: 1_000,
        maxHeaderSize: MAX_HEADER_BYTES,
        // Node would answer a missing Host with an empty body; `request-shape.ts` answers with the reason.
        requireHostHeader: false,
      },
      // Requests that arrive during a shutdown are served: dependencies are closed after the server.
      return503OnClosing: false,
      clientErrorHandler: (error, socket) => answerClientError(error, socket, logger),
      frameworkErrors: (error: Error, request: unknown, reply: unknown) =>
        answerRoutingError(error, request as FastifyRequest, reply as FastifyReply),
      // No Express middleware and no uploads.
      skipMiddie: true,
      multipart: false,
    });
    this.trustProxy = trustProxy;
    this.web = web;
    const fastify = this.getInstance();
    fastify.decorateReply('errorCode', undefined);
    this.allowedMethods.collect(fastify);
    acceptJsonOnly(fastify);
    traceRequests(fastify);
    logRequests(fastify);
    this.closeConnections = drainOnClose(fastify);
    replaceNodeDefaults(fastify.server as Server);
    limitConnections(fastify.server as Server, isProxyOf(trustProxy));
    readBodyBeforeClosing(fastify);
    ignoreBodies(fastify);
    fastify.addHook('onRequest', (request, reply, done) => {
      reply.header(REQUEST_ID_HEADER, request.id);
      done();
    });
  }

  /** Nest's parsers would accept `application/x-www-form-urlencoded`; `body-parser.ts` has registered ours. */
  override registerParserMiddleware(): void {}
}

/** For a path that the router cannot decode or match. Fastify runs no hooks for such a request. */
function answerRoutingError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  reply.header(REQUEST_ID_HEADER, request.id).headers(BARE_SECURITY_HEADERS);
  sendProblem(error, request, reply);
  logRequest(request, reply);
  endRequestSpan(request, reply);
}
