import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config.js';
import { RedisAuthenticators } from './redis-authenticators.js';
import { RedisConnection } from './redis-connection.js';

/** Injects `RedisConnection | null`: `null` if no Redis is configured. */
export const REDIS = Symbol('Redis');

@Global()
@Module({
  providers: [
    {
      provide: REDIS,
      inject: [Config],
      useFactory: ({ redis }: Config) =>
        redis ? RedisConnection.openForService(redis.servers, redis.keyPrefix) : null,
    },
    {
      provide: RedisAuthenticators,
      inject: [Config],
      useFactory: ({ secret }: Config) => new RedisAuthenticators(secret),
    },
  ],
  exports: [REDIS, RedisAuthenticators],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(@Inject(REDIS) private readonly redis: RedisConnection | null) {}

  async onApplicationShutdown(): Promise<void> {
    await this.redis?.close();
  }
}
