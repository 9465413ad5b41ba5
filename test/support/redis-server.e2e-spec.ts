import { RedisServer } from './redis-server.js';
import { waitUntil } from './wait-until.js';

describe('RedisServer', () => {
  const servers: RedisServer[] = [];
  const start = async (...options: Parameters<typeof RedisServer.start>) => {
    const server = await RedisServer.start(...options);
    servers.push(server);
    return server;
  };
  afterAll(() => Promise.all(servers.map((server) => server.dispose())));

  it('accepts connections but never responds while paused, and responds when resumed', async () => {
    const server = await start();
    server.pause();
    await expect(server.send('PING', 200)).rejects.toThrow(/no reply/);
    server.resume();
    expect(await server.send('PING')).toBe('+PONG');
  });

  it('loses its data when killed, and restarts on the same port', async () => {
    const server = await start();
    const { port } = server;
    await server.send('SET name value');
    await server.kill();
    await expect(server.send('PING')).rejects.toThrow(/ECONNREFUSED/);
    await server.start();
    expect(server.port).toBe(port);
    expect(await server.send('EXISTS name')).toBe(':0');
  });

  it('keeps its data over a stop if it has a snapshot file', async () => {
    const server = await start({ snapshot: true });
    await server.send('SET name value');
    await server.restart();
    expect(await server.send('EXISTS name')).toBe(':1');
  });

  it('rejects writes when it is full', async () => {
    const server = await start({ maxmemory: '1b' });
    expect(await server.send('SET name value')).toMatch(/^-OOM/);
  });

  it('follows another server as its replica', async () => {
    const source = await start();
    const replica = await start({ replicaOf: source });
    await source.send('SET name value');
    expect(
      await waitUntil('the replica has the key', async () => (await replica.send('EXISTS name')) === ':1'),
    ).toBe(true);
  });
});
