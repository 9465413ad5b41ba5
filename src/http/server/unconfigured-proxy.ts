import proxyAddr from '@fastify/proxy-addr';
import type { FastifyInstance } from 'fastify';
import type { TrustProxy } from './trusted-proxies.js';

const isPrivate = proxyAddr.compile(['loopback', 'linklocal', 'uniquelocal']);

/**
 * Warns once about a proxy that `TRUST_PROXY` does not name. All clients then have its address, and share its limits: wrong
 * passwords of one of them lock out everyone. From a public address the header may be a client's own.
 */
export function warnOfUnconfiguredProxy(fastify: FastifyInstance, trustProxy: TrustProxy): void {
  if (trustProxy !== false) return;
  let isReported = false;
  fastify.addHook('onRequest', ({ headers, socket, log }, _reply, done) => {
    if (!isReported && headers['x-forwarded-for'] !== undefined && isPrivate(socket.remoteAddress ?? '', 0)) {
      isReported = true;
      log.warn(
        { proxy: socket.remoteAddress },
        'X-Forwarded-For is ignored, so all clients behind this proxy share its address and limits: set TRUST_PROXY to the addresses of the proxies',
      );
    }
    done();
  });
}
