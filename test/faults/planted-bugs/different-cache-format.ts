import { RedisSharedCache } from '@latchkey/revocation/redis/redis-shared-cache';

interface Inside {
  readonly redis: { readonly prefix: string };
  key(sessionId: string): string;
}

/** A version of the service with a different snapshot format, and therefore different cache keys. */
(RedisSharedCache.prototype as unknown as Inside).key = function (this: Inside, sessionId: string) {
  return `${this.redis.prefix}:session:0:${sessionId}`;
};
