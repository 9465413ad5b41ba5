import type { IncomingMessage } from 'node:http';
import {
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseTraceparent, type TraceContext } from '../../telemetry/trace-context.js';
import { tracer } from '../../telemetry/tracing.js';
import type { Principal } from '../routes/principal.js';

interface RequestSpan {
  readonly span: Span;
  readonly context: Context;
  /** Whether it was started here and not by an instrumentation of `node:http`. */
  readonly isOwn: boolean;
}

const spans = new WeakMap<IncomingMessage, RequestSpan>();

/**
 * The trace of a request, for its log lines: with an SDK that of its span, which starts here; without one, what the
 * caller's `traceparent` says.
 */
export function traceOfRequest(request: IncomingMessage): TraceContext | null {
  if (tracer === null || request.url?.startsWith('/health/'))
    return parseTraceparent(request.headers.traceparent);
  const { traceId, spanId } = (spans.get(request) ?? start(request)).span.spanContext();
  return { traceId, spanId };
}

function start(request: IncomingMessage): RequestSpan {
  const started = startedElsewhere() ?? startOwn(request);
  spans.set(request, started);
  return started;
}

function startedElsewhere(): RequestSpan | null {
  const span = trace.getActiveSpan();
  return span ? { span, context: context.active(), isOwn: false } : null;
}

function startOwn(request: IncomingMessage): RequestSpan {
  const parent = propagation.extract(context.active(), request.headers);
  const { method = 'GET' } = request;
  const attributes = { 'http.request.method': method, 'url.scheme': 'http' };
  const options = { kind: SpanKind.SERVER, attributes };
  // Not null: only called with an SDK.
  const span = (tracer as NonNullable<typeof tracer>).startSpan(method, options, parent);
  return { span, context: trace.setSpan(parent, span), isOwn: true };
}

/** Makes the span of each request the parent of the spans of its work. Costs nothing without an SDK. */
export function traceRequests(fastify: FastifyInstance): void {
  if (tracer === null) return;
  const enter = (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
    const started = spans.get(request.raw);
    if (started) context.with(started.context, done);
    else done();
  };
  fastify.addHook('onRequest', enter);
  // The body is read in the asynchronous context of the connection.
  fastify.addHook('preValidation', enter);
  fastify.addHook('onResponse', (request, reply, done) => {
    endRequestSpan(request, reply);
    done();
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    endRequestSpan(request, null);
    done();
  });
}

/** @param reply `null` if the client has disconnected */
export function endRequestSpan(request: FastifyRequest, reply: FastifyReply | null): void {
  const started = spans.get(request.raw);
  if (!started) return;
  spans.delete(request.raw);
  const { span, isOwn } = started;
  const { user } = request as { user?: Partial<Principal> };
  const route = request.routeOptions?.url;
  if (route !== undefined) span.updateName(`${request.method} ${route}`).setAttribute('http.route', route);
  span.setAttribute('latchkey.request_id', request.id);
  if (user?.userId !== undefined) span.setAttribute('user.id', user.userId);
  if (user?.sessionId !== undefined) span.setAttribute('session.id', user.sessionId);
  if (reply?.errorCode !== undefined) span.setAttribute('error.type', reply.errorCode);
  if (!isOwn) return;
  if (reply) span.setAttribute('http.response.status_code', reply.statusCode);
  if (!reply || reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
