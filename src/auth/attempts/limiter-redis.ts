import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { withTimeout } from '../../errors/with-timeout.js';

/** The part of a node-redis client that the limiters use. */
export interface LimiterRedis {
  readonly isReady: boolean;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  del(key: string): Promise<number>;
}

/** A healthy Redis answers about a hundred times faster. */
const TIMEOUT_MS = 250;
/** After a failure, Redis is not called for this long. */
const PAUSE_MS = 1_000;

/**
 * Limits the time of every command, so that a hanging Redis delays one login by 250 ms. For the second after
 * that, commands fail at once and the limiters count in memory.
 */
export function boundedRedis(client: LimiterRedis): LimiterRedis {
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: PAUSE_MS, breaker: new ConsecutiveBreaker(1) });
  const execute = <T>(command: () => Promise<T>) => breaker.execute(() => withTimeout(TIMEOUT_MS, command));
  return {
    get isReady() {
      return client.isReady;
    },
    eval: (script, options) => execute(() => client.eval(script, options)),
    del: (key) => execute(() => client.del(key)),
  };
}
