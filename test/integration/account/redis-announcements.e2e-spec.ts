import { randomBytes } from 'node:crypto';
import { RedisAnnouncements } from '../../../src/account-changes/redis-announcements.js';
import { RedisAuthenticators } from '../../../src/redis/redis-authenticators.js';
import { RedisConnection } from '../../../src/redis/redis-connection.js';
import { RedisServer } from '../../support/redis-server.js';
import { waitUntil } from '../../support/wait-until.js';

describe('announcements of account changes', () => {
  const authenticator = new RedisAuthenticators(randomBytes(32)).accountChanges;
  const stranger = new RedisAuthenticators(randomBytes(32)).accountChanges;
  const channel = 'test:account-changes';
  let server: RedisServer;
  let redis: RedisConnection;
  let heard: string[];
  let instances: RedisAnnouncements[];

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = await RedisConnection.open({ kind: 'single', url: server.url }, 'test');
    heard = [];
    let subscribed = 0;
    const listener = {
      heard: (userId: string) => void heard.push(userId),
      resubscribed: () => {
        subscribed += 1;
      },
    };
    instances = [1, 2].map(() => new RedisAnnouncements(redis, authenticator, listener));
    for (const instance of instances) instance.start();
    await waitUntil('both are subscribed', () => subscribed === 2);
  });
  afterAll(async () => {
    await Promise.all((instances ?? []).map((instance) => instance.stop()));
    await redis?.close();
    await server?.dispose();
  });

  it('reach the other instances, and only if an instance made them', async () => {
    await redis.client.publish(channel, 'x forged');
    await redis.client.publish(channel, stranger.seal(channel, 'x forged'));
    await redis.client.publish(channel, authenticator.seal('elsewhere', 'x forged'));
    await instances[0]?.publish('user');
    await waitUntil('it is heard', () => heard.length > 0);
    expect(heard).toEqual(['user']);
  });
});
