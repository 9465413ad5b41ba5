import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Histogram, Registry } from 'prom-client';
import { Config } from '../config/config.js';
import type { ErrorCode } from '../errors/error-codes.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LOGIN_ROUTE = '/auth/login';
/** Other requests to this route are malformed, and their codes appear when they occur. */
const LOGIN_OUTCOMES = [
  'success',
  'invalid_credentials',
  'account_disabled',
  'too_many_requests',
  'overloaded',
  'service_unavailable',
  'internal_error',
] as const satisfies readonly (ErrorCode | 'success')[];

/** How long requests take, and how logins end, for Prometheus. Costs requests nothing unless metrics are served. */
@Injectable()
export class RequestMetrics implements OnModuleInit {
  constructor(
    private readonly registry: Registry,
    private readonly config: Config,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    if (!this.config.metrics) return;
    const registers = [this.registry];
    const durations = new Histogram({
      name: 'latchkey_http_request_duration_seconds',
      help: 'Time from the arrival of a request to the end of its response, by route and status.',
      labelNames: ['method', 'route', 'status'],
      buckets: SECONDS,
      registers,
    });
    const logins = new Counter({
      name: 'latchkey_logins_total',
      help: 'Logins with a password, by outcome: success, or the code of the problem.',
      labelNames: ['outcome'],
      registers,
    });
    // A counter that appears with the value 1 has not increased for Prometheus: alerts would miss the first refusal.
    for (const outcome of LOGIN_OUTCOMES) logins.inc({ outcome }, 0);
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onResponse', (request, reply, done) => {
      const route = routeOf(request);
      const { method } = request;
      durations.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
      if (route === LOGIN_ROUTE && method === 'POST') logins.inc({ outcome: outcomeOf(reply) });
      done();
    });
  }
}

/** The pattern, not the path: there are as many paths as ids. */
function routeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.url ?? 'none';
}

function outcomeOf({ errorCode }: FastifyReply): string {
  return errorCode ?? 'success';
}
