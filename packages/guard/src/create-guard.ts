import { GuardLink } from '@latchkey/revocation/guard-connection/guard-link';
import { readBaseUrls } from './base-urls.js';
import { basicCredentials, WebSocketTransport } from './connection/web-socket-transport.js';
import type { Guard } from './guard.js';
import { type GuardOptions, requireOptions } from './guard-options.js';
import { fetchKeySet } from './keys/fetch-key-set.js';
import { RemoteKeys } from './keys/remote-keys.js';
import { SeenSessions } from './seen-sessions.js';
import { SessionGuard } from './session-guard.js';
import { GuardedStreams } from './streams/guarded-streams.js';
import { TokenVerifier } from './tokens/token-verifier.js';
import { processWarnings } from './warnings.js';

export { requireRecentLogin, requireRoles } from './demands.js';
export type { Duration } from './duration.js';
export type { Guard, OpenStream, RequestClient, SessionEnd, StreamEnd } from './guard.js';
export { GuardError, type GuardErrorCode } from './guard-error.js';
export type { GuardOptions } from './guard-options.js';
export { readBearerToken } from './http/bearer-token.js';
export type { Principal } from './principal.js';
export { headersOf, type Problem, problemOf } from './problem.js';
export { trackEventStream, trackResponse } from './streams/track-response.js';

const MAX_TOKENS = 20_000;

/**
 * Connects a resource server to the service. Closing it is the caller's task.
 *
 * Whether a token has expired is decided by the clock of this machine, which has to be right to within a few seconds.
 * Nothing else depends on it.
 *
 * @throws {TypeError} if an option is missing or invalid
 */
export function createGuard(options: GuardOptions): Guard {
  requireOptions(options);
  const { issuer, service = issuer, allowInsecure = false, ca, maxTokens = MAX_TOKENS } = options;
  const { whenUnreachable = 'refuse', onError = processWarnings() } = options;
  const baseUrls = readBaseUrls(service, allowInsecure);
  const authorization = basicCredentials(options.clientId, options.clientSecret);

  const seen = new SeenSessions(maxTokens, onError);
  const link: GuardLink = new GuardLink({
    transport: new WebSocketTransport({ baseUrls, authorization, ca }),
    onEnds: (ends) => {
      streams.learned(ends);
      for (const { sessionId, reason } of ends.sessions) seen.ended(sessionId, reason);
    },
    onTrustLost: () => streams.leaseLost(),
    onDisconnected: ({ message }) => onError(new Error(message)),
  });
  const streams = new GuardedStreams({
    link,
    withoutLease: options.streamsWithoutLease ?? (whenUnreachable === 'allow' ? 'keep' : 'close'),
    now: Date.now,
    onError,
  });
  const keys = new RemoteKeys({
    fetchKeySet: fetchKeySet(baseUrls, ca),
    now: () => performance.now(),
    onError,
  });
  const verifier = new TokenVerifier({
    keys,
    issuer,
    audiences: [options.audience].flat(),
    maxTokens,
    now: Date.now,
    tokenLifetime: () => (link.hello ? link.hello.tokenLifetimeMs / 1000 : null),
  });

  link.start();
  keys.start();
  streams.start();
  return new SessionGuard({ keys, verifier, link, seen, streams, whenUnreachable });
}
