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

  it('stands in for its target in a URL', async () => {
    expect(proxy.through(server.url)).toBe(`redis://127.0.0.1:${proxy.port}`);
    expect(await ping()).toBe('+PONG');
  });

  it('refuses connections while cut, and heals on the same port', async () => {
    await proxy.cut();
    await expect(ping()).rejects.toThrow(/ECONNREFUSED/);
    await proxy.heal();
    expect(await ping()).toBe('+PONG');
  });

  it('breaks the connections that stand when it is cut', async () => {
    const waiting = rawRedisCommand(proxy.port, 'BLPOP nothing 0', 5_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all([expect(waiting).rejects.toThrow(/ECONNRESET|closed/), proxy.cut()]);
  });

  it('passes nothing while hung', async () => {
    proxy.hang();
    await expect(ping()).rejects.toThrow(/no answer/);
  });

  it('hangs only the connections that said a word, also those that stood before', async () => {
    const standing = rawRedisCommand(proxy.port, 'BLPOP nothing 0', 1_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    proxy.hang('blpop');
    expect(await ping()).toBe('+PONG');
    await expect(rawRedisCommand(proxy.port, 'BLPOP there 0', 300)).rejects.toThrow(/no answer/);
    expect(await rawRedisCommand(server.port, 'RPUSH nothing it')).toBe(':1');
    await expect(standing).rejects.toThrow(/no answer/);
  });

  it('passes what it held back once it is healed', async () => {
    proxy.hang('PING');
    const waiting = rawRedisCommand(proxy.port, 'PING', 5_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await proxy.heal();
    expect(await waiting).toBe('+PONG');
  });

  it('keeps answers back to questions that it passes, until it is healed', async () => {
    proxy.holdAnswers();
    const waiting = rawRedisCommand(proxy.port, 'SET held it', 5_000);
    for (let tries = 0; (await server.send('STRLEN held')) !== ':2'; tries++)
      expect(tries).toBeLessThan(1_000);
    const early = await Promise.race([
      waiting,
      new Promise((resolve) => setTimeout(resolve, 100, 'nothing')),
    ]);
    expect(early).toBe('nothing');
    await proxy.heal();
    expect(await waiting).toBe('+OK');
  });

  it('breaks its connections and sends new ones elsewhere', async () => {
    const other = await RedisServer.start();
    try {
      await other.send('SET where there');
      const waiting = rawRedisCommand(proxy.port, 'BLPOP never 0', 5_000);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const broken = expect(waiting).rejects.toThrow(/ECONNRESET|closed/);
      proxy.retarget(other);
      await broken;
      expect(await rawRedisCommand(proxy.port, 'STRLEN where')).toBe(':5');
    } finally {
      proxy.retarget(server);
      await other.dispose();
    }
  });

  it('passes everything later when delayed', async () => {
    proxy.delay(60);
    const startedAt = performance.now();
    expect(await ping()).toBe('+PONG');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
  });
});
