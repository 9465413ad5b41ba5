import { randomBytes } from 'node:crypto';
import { readEnvironment } from './environment.js';

const read = (env: Record<string, string>) => readEnvironment(env, () => randomBytes(32)).redis;
const ACCESS = { username: null, password: null, tls: false, database: 0 };

describe('the servers of Redis', () => {
  it('are one that a URL leads to', () => {
    expect(read({ REDIS_URL: 'rediss://user:secret@redis.example.com/2' })?.servers).toEqual({
      kind: 'single',
      url: 'rediss://user:secret@redis.example.com/2',
    });
    expect(read({})).toBeNull();
  });

  it('are those that sentinels name', () => {
    const env = {
      REDIS_SENTINELS: 'one.example.com:26379, [::1]:26380,one.example.com:26379',
      REDIS_SENTINEL_NAME: 'sessions',
      REDIS_SENTINEL_PASSWORD: 'at the sentinels',
      REDIS_USERNAME: 'latchkey',
      REDIS_PASSWORD: 'at the servers',
      REDIS_DATABASE: '3',
      REDIS_TLS: 'true',
    };
    expect(read(env)?.servers).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: 'one.example.com', port: 26379 },
        { host: '::1', port: 26380 },
      ],
      masterName: 'sessions',
      sentinelUser: { username: null, password: 'at the sentinels' },
      access: { username: 'latchkey', password: 'at the servers', tls: true, database: 3 },
    });
  });

  it('are the nodes of a cluster', () => {
    expect(read({ REDIS_CLUSTER_NODES: '10.0.0.1:6379,10.0.0.2:6379' })?.servers).toEqual({
      kind: 'cluster',
      nodes: [
        { host: '10.0.0.1', port: 6379 },
        { host: '10.0.0.2', port: 6379 },
      ],
      access: ACCESS,
    });
  });

  const sentinels = { REDIS_SENTINELS: 'a:26379' };
  const url = { REDIS_URL: 'redis://a' };
  it.each([
    [{ ...url, ...sentinels }, 'REDIS_URL and REDIS_SENTINELS are set: keep one of them'],
    [{ ...sentinels, REDIS_CLUSTER_NODES: 'b:1' }, 'REDIS_SENTINELS and REDIS_CLUSTER_NODES are set'],
    [{ ...url, REDIS_PASSWORD: 'x' }, 'REDIS_PASSWORD has no effect with REDIS_URL'],
    [{ REDIS_USERNAME: 'x' }, 'REDIS_USERNAME has no effect'],
    [{ ...url, REDIS_SENTINEL_PASSWORD: 'x' }, 'REDIS_SENTINEL_PASSWORD has no effect'],
    [
      { REDIS_CLUSTER_NODES: 'b:1', REDIS_DATABASE: '1' },
      'REDIS_DATABASE must be 0 with REDIS_CLUSTER_NODES',
    ],
    [{ REDIS_SENTINELS: 'redis.example.com' }, 'REDIS_SENTINELS must be a list such as'],
    [{ REDIS_SENTINELS: 'user:secret@redis.example.com:1' }, 'REDIS_SENTINELS must be a list such as'],
    [{ REDIS_CLUSTER_NODES: 'a:1,' }, 'REDIS_CLUSTER_NODES must be a list such as'],
  ])('are refused as %j', (env: Record<string, string>, message) => {
    expect(() => read(env)).toThrow(message);
  });
});
