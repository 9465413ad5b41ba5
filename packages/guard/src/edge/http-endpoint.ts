import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { EdgeAnswer } from './edge-answer.js';
import type { EdgeCheck } from './edge-check.js';
import { EdgeError } from './edge-error.js';
import { forwardedClient } from './forwarded-client.js';
import { forwardedMethod, forwardedTarget } from './forwarded-target.js';
import type { GatewayRequest } from './gateway-request.js';
import { answerMalformed } from './malformed-request.js';
import { refusal } from './refusal.js';

/** More than gateways accept from clients, so that the gateway's limit decides (nginx: 32 KiB). */
const MAX_HEADER_BYTES = 128 * 1024;
/** Longer than gateways keep idle connections, so that the edge never closes one that is being reused. */
const KEEP_ALIVE_MS = 10 * 60_000;

export interface HttpEndpointOptions {
  readonly check: Pick<EdgeCheck, 'answer'>;
  /** The keys of assertions, as a JSON Web Key Set. */
  readonly keySet: { readonly keys: readonly object[] };
  /** How many proxies that append to `X-Forwarded-For` are trusted. */
  readonly hops: number;
  /** Whether the guard holds a lease. */
  readonly isReady: () => Promise<boolean>;
}

/** The forward-auth server, not yet listening. */
export function httpEndpoint(options: HttpEndpointOptions): Server {
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    route(request, options).then(
      (answer) => send(request, response, answer),
      () => response.destroy(),
    );
  };
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS },
    onRequest,
  );
  // By default, Node drops headers beyond a thousand: a client could choose which, and hide an identity header.
  server.maxHeadersCount = 0;
  return (
    server
      // Without a listener Node answers 100 and so asks for a body that is not going to be read.
      .on('checkContinue', onRequest)
      // Nor does any expectation of the client's concern the check (RFC 9110 §10.1.1).
      .on('checkExpectation', onRequest)
      .on('clientError', answerMalformed)
  );
}

async function route(request: IncomingMessage, options: HttpEndpointOptions): Promise<EdgeAnswer> {
  const [path, query = ''] = (request.url ?? '').split('?', 2);
  switch (path) {
    case '/check':
      return options.check.answer(gatewayRequest(request, query, options.hops));
    case '/healthz':
      return (await options.isReady()) ? json(200, { status: 'ok' }) : json(503, { status: 'no lease' });
    case '/.well-known/jwks.json':
      return json(200, options.keySet, 'public, max-age=300');
    default:
      return refusal(new EdgeError('not_found'), false);
  }
}

function gatewayRequest(request: IncomingMessage, query: string, hops: number): GatewayRequest {
  // Node keeps only the first of several, and the application may read another one.
  const { authorization } = request.headersDistinct;
  const headers = { ...request.headers, authorization };
  return {
    query,
    headers,
    method: forwardedMethod(headers, request.method),
    target: forwardedTarget(headers),
    client: forwardedClient(headers, hops),
  };
}

function json(status: number, value: unknown, cacheControl = 'no-store'): EdgeAnswer {
  const headers = { 'content-type': 'application/json', 'cache-control': cacheControl };
  return { status, headers, body: JSON.stringify(value) };
}

/** Node discards the body of a request that was answered without reading it, and keeps the connection. */
function send(request: IncomingMessage, response: ServerResponse, answer: EdgeAnswer): void {
  // A client that waits for 100 may or may not send the body after another answer (RFC 9110 §10.1.1).
  if (request.headers.expect !== undefined) response.setHeader('connection', 'close');
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}
