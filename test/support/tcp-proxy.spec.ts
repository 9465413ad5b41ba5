import { setTimeout as sleep } from 'node:timers/promises';
import { rawRedisCommand } from './raw-redis-command.js';
import { RedisServer } from './redis-server.js';
import { TcpProxy } from './tcp-proxy.js';

describe('TcpProxy', () => {
  let server: RedisServer;
  let proxy: TcpProxy;

  beforeAll(async () => {
    server = await RedisServer.start();
    proxy = await TcpProxy.start(server);
  });
  afterAll(async () => {
    await proxy.stop();
    await server.dispose();
  });
  afterEach(() => proxy.heal());

  const ping = () => rawRedisCommand(proxy.port, 'PING', 300);

  it('replaces its target in a URL', async () => {
    expect(proxy.through(server.url)).toBe(`redis://127.0.0.1:${proxy.port}`);
    expect(await ping()).toBe('+PONG');
  });

  it('refuses connections while cut, and accepts them on the same port once healed', async () => {
    await proxy.cut();
    await expect(ping()).rejects.toThrow(/ECONNREFUSED/);
    await proxy.heal();
    expect(await ping()).toBe('+PONG');
  });

  it('breaks open connections when cut', async () => {
    const waiting = rawRedisCommand(proxy.port, 'BLPOP nothing 0', 5_000);
    await sleep(50);
    await Promise.all([expect(waiting).rejects.toThrow(/ECONNRESET|closed/), proxy.cut()]);
  });

  it('forwards nothing while hung', async () => {
    proxy.hang();
    await expect(ping()).rejects.toThrow(/no reply/);
  });

  it('hangs only connections whose client sent the given word, including existing ones', async () => {
    const standing = rawRedisCommand(proxy.port, 'BLPOP nothing 0', 1_000);
    await sleep(50);
    proxy.hang('blpop');
    expect(await ping()).toBe('+PONG');
    await expect(rawRedisCommand(proxy.port, 'BLPOP there 0', 300)).rejects.toThrow(/no reply/);
    expect(await rawRedisCommand(server.port, 'RPUSH nothing it')).toBe(':1');
    await expect(standing).rejects.toThrow(/no reply/);
  });

  it('forwards what it held back once healed', async () => {
    proxy.hang('PING');
    const waiting = rawRedisCommand(proxy.port, 'PING', 5_000);
    await sleep(50);
    await proxy.heal();
    expect(await waiting).toBe('+PONG');
  });

  it('forwards requests but holds back the responses until healed', async () => {
    proxy.holdAnswers();
    const waiting = rawRedisCommand(proxy.port, 'SET held it', 5_000);
    for (let tries = 0; (await server.send('STRLEN held')) !== ':2'; tries++)
      expect(tries).toBeLessThan(1_000);
    const early = await Promise.race([waiting, sleep(100, 'nothing')]);
    expect(early).toBe('nothing');
    await proxy.heal();
    expect(await waiting).toBe('+OK');
  });

  it('breaks its connections and directs new ones to another target', async () => {
    const other = await RedisServer.start();
    try {
      await other.send('SET where there');
      const waiting = rawRedisCommand(proxy.port, 'BLPOP never 0', 5_000);
      await sleep(50);
      const broken = expect(waiting).rejects.toThrow(/ECONNRESET|closed/);
      proxy.retarget(other);
      await broken;
      expect(await rawRedisCommand(proxy.port, 'STRLEN where')).toBe(':5');
    } finally {
      proxy.retarget(server);
      await other.dispose();
    }
  });

  it('forwards everything later when delayed', async () => {
    proxy.delay(60);
    const startedAt = performance.now();
    expect(await ping()).toBe('+PONG');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
  });
});
