import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { PostgresServer } from './postgres-server.js';

describe('PostgresServer', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await PostgresServer.start({ durable: true, settings: { work_mem: '5MB' } });
  }, 60_000);
  afterAll(() => server.dispose());

  async function ask(sql: string, connectionTimeoutMillis = 2_000): Promise<unknown> {
    const client = new Client({ connectionString: server.url, connectionTimeoutMillis });
    client.on('error', () => {});
    try {
      await client.connect();
      const { rows } = await client.query<{ answer: unknown }>(sql);
      return rows[0]?.answer;
    } finally {
      await client.end();
    }
  }

  it('runs with the given settings', async () => {
    expect(await ask(`SELECT current_setting('work_mem') AS answer`)).toBe('5MB');
  });

  it('accepts connections but never responds while paused, not even on old connections, and responds when resumed', async () => {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    server.pause();
    const late = client.query('SELECT 1 AS answer');
    const winner = await Promise.race([late.then(() => 'answered'), sleep(300, 'silent')]);
    await expect(ask('SELECT 1 AS answer', 300)).rejects.toThrow(/timeout/);
    server.resume();
    expect(winner).toBe('silent');
    expect((await late).rows).toEqual([{ answer: 1 }]);
    await client.end();
  });

  it('responds to none of the clients that connect while it is being paused', async () => {
    const clients = Array.from({ length: 100 }, () => new Client({ connectionString: server.url }));
    const connected = clients.map((client) => client.connect());
    // Some connections are only half accepted now, as on a busy server.
    await Promise.any(connected);
    server.pause();
    const answers = clients.map(async (client, which) => {
      await connected[which];
      await client.query('SELECT 1');
      return 'answered';
    });
    const first = await Promise.race([...answers, sleep(500, 'silent')]);
    server.resume();
    await Promise.all(answers);
    await Promise.all(clients.map((client) => client.end()));
    expect(first).toBe('silent');
  });

  it('keeps committed data over a kill and restarts on the same port', async () => {
    const { port } = server;
    await ask('CREATE TABLE kept AS SELECT 42 AS answer');
    await server.kill();
    await expect(ask('SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
    await server.start();
    expect(server.port).toBe(port);
    expect(await ask('SELECT answer FROM kept')).toBe(42);
  }, 30_000);
});
