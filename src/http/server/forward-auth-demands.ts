import { type Demands, InvalidDemands, parseDemands } from '@latchkey/access-token/forward-auth/demands';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors/app-error.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the operator of the gateway demands; on `@ForwardAuth()` routes only. */
    demands?: Demands;
  }
}

/**
 * Reads the demands before the caller is authenticated, so that a mistake in a gateway's configuration is reported to
 * everyone, with or without a token. Call it before routes are added.
 */
export function readDemands(fastify: FastifyInstance): void {
  fastify.decorateRequest('demands', undefined);
  fastify.addHook('onRoute', (route) => {
    if (route.config?.isForwardAuth) route.onRequest = [route.onRequest ?? [], readInto].flat();
  });
}

function readInto(request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
  try {
    request.demands = parseDemands(queryOf(request.raw.url ?? ''));
    done();
  } catch (error) {
    done(error instanceof InvalidDemands ? invalidDemand(error) : (error as Error));
  }
}

function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}

function invalidDemand(cause: InvalidDemands): AppError {
  return new AppError('invalid_demand', { detail: cause.message, cause });
}
