import { RedisSharedCache } from '@latchkey/revocation/redis/redis-shared-cache';
import { replaceMethod } from './replace-method.js';

interface Inside {
  readonly redis: { readonly prefix: string };
}

/** A version of the service with a different snapshot format, and therefore different cache keys. */
replaceMethod(RedisSharedCache, 'key', function (this: Inside, sessionId: string) {
  return `${this.redis.prefix}:session:0:${sessionId}`;
});
