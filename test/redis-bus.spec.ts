import { randomUUID } from 'node:crypto';
import type { BusListener } from '@latchkey/revocation/bus';
import { RedisBus } from '@latchkey/revocation/redis/redis-bus';
import { RedisSharedCache } from '@latchkey/revocation/redis/redis-shared-cache';
import type { Revocations } from '@latchkey/revocation/session-store';
import { RedisConnection } from '../src/redis/redis-connection.js';
import { type SessionSnapshot, SNAPSHOT_FORMAT } from '../src/sessions/store/session-snapshot.js';
import { RedisServer } from './support/redis-server.js';
import { TcpProxy } from './support/tcp-proxy.js';
import { waitUntil } from './support/wait-until.js';

const ends = (sessionId: string): Revocations => ({
  sessions: [{ sessionId, reason: 'logout' }],
  cutOffs: [],
});

/** Writes down what it hears, in order. */
class Heard implements BusListener {
  readonly lines: string[] = [];
  subscribed = () => void this.lines.push('subscribed');
  lost = () => void this.lines.push('lost');
  heartbeat = (sequence: number) => void this.lines.push(`heartbeat ${sequence}`);
  push = (_from: string, _pushId: string, { sessions }: Revocations) =>
    void this.lines.push(`push ${sessions.map(({ sessionId }) => sessionId)}`);
  changed = (sessionIds: readonly string[]) => void this.lines.push(`changed ${sessionIds}`);
  question = (replyTo: string, sessionId: string) => void this.lines.push(`question ${replyTo} ${sessionId}`);
  acknowledgement = (from: string, pushId: string) => void this.lines.push(`ack ${from} ${pushId}`);

  count(line: string): number {
    return this.lines.filter((it) => it === line).length;
  }
  until(line: string, times = 1): Promise<unknown> {
    return waitUntil(`${line} is heard`, () => this.count(line) >= times);
  }
}

describe('Redis, as the instances meet in it', () => {
  let server: RedisServer;
  let proxy: TcpProxy;
  let connections: RedisConnection[];
  let buses: RedisBus[];

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await TcpProxy.start({ port: server.port });
    connections = [];
    buses = [];
  });
  afterEach(async () => {
    server.resume();
    await proxy.heal();
    await Promise.all(buses.map((bus) => bus.stop()));
    await Promise.all(connections.map((connection) => connection.close()));
    await proxy.stop();
    await server.dispose();
  });

  const connect = async (url = server.url) => {
    const connection = await RedisConnection.open(url, 'test');
    connections.push(connection);
    return connection;
  };
  const join = async (url = server.url) => {
    const connection = await connect(url);
    const bus = new RedisBus(connection);
    buses.push(bus);
    const heard = new Heard();
    bus.start(heard);
    await heard.until('subscribed');
    return { bus, heard, connection };
  };

  describe('RedisBus', () => {
    it('lets an instance hear its own heartbeats, and nobody else', async () => {
      const [a, b] = [await join(), await join()];
      await a.bus.heartbeat(1);
      await a.heard.until('heartbeat 1');
      await b.bus.heartbeat(2);
      await b.heard.until('heartbeat 2');
      expect(b.heard.count('heartbeat 1')).toBe(0);
    });

    it('keeps the order: who hears a heartbeat sent after a push has heard the push', async () => {
      const [a, b] = [await join(), await join()];
      for (let round = 1; round <= 50; round++) {
        await a.bus.push('1', ends(`s${round}`));
        await b.bus.heartbeat(round);
      }
      await b.heard.until('heartbeat 50');
      const said = b.heard.lines.filter((line) => line !== 'subscribed');
      expect(said).toEqual(
        Array.from({ length: 50 }, (_, at) => [`push s${at + 1}`, `heartbeat ${at + 1}`]).flat(),
      );
    });

    it('tells a revoker of everybody who is registered, and brings it their acknowledgements', async () => {
      const [a, b] = [await join(), await join()];
      await a.bus.heartbeat(4);
      await b.bus.heartbeat(7);
      const { registered } = await a.bus.push('9', ends('s'));
      expect(registered).toEqual(
        new Map([
          [a.bus.instanceId, 4],
          [b.bus.instanceId, 7],
        ]),
      );
      await b.bus.acknowledge(a.bus.instanceId, '9');
      await a.heard.until(`ack ${b.bus.instanceId} 9`);
    });

    it('tells everybody of sessions that have changed', async () => {
      const [a, b] = [await join(), await join()];
      await a.bus.announceChange(['s', 't']);
      await Promise.all([a, b].map(({ heard }) => heard.until('changed s,t')));
    });

    it('tells a heartbeat of the one before it, and of a flush', async () => {
      const { bus } = await join();
      const first = await bus.heartbeat(1);
      expect(first.previous).toBeNull();
      expect(await bus.heartbeat(2)).toEqual({ previous: 1, server: first.server });
      await server.say('FLUSHALL');
      expect(await bus.heartbeat(3)).toEqual({ previous: null, server: first.server });
    });

    it('tells another server, or the same one started anew, from the one before', async () => {
      const { bus, heard } = await join();
      const { server: before } = await bus.heartbeat(1);
      await server.kill();
      await heard.until('lost');
      await server.start();
      await heard.until('subscribed', 2);
      const after = await waitUntil('it answers', () => bus.heartbeat(2));
      expect(after.previous).toBeNull();
      expect(after.server).not.toBe(before);
    });

    it('strikes off a registration that stands unchanged, and none that has moved on', async () => {
      const [a, b] = [await join(), await join()];
      await b.bus.heartbeat(1);
      await b.bus.heartbeat(2);
      await a.bus.forget(b.bus.instanceId, 1);
      expect((await a.bus.push('1', ends('s'))).registered.has(b.bus.instanceId)).toBe(true);
      await a.bus.forget(b.bus.instanceId, 2);
      expect((await a.bus.push('2', ends('s'))).registered.has(b.bus.instanceId)).toBe(false);
    });

    it('leaves the table when it stops', async () => {
      const [a, b] = [await join(), await join()];
      await b.bus.heartbeat(1);
      await b.bus.stop();
      expect((await a.bus.push('1', ends('s'))).registered.size).toBe(0);
    });

    it.each([
      'nonsense',
      '{}',
      'null',
      '[]',
      '{"from":"x","pushId":"1","ends":{"sessions":[{"sessionId":1}]}}',
    ])(
      'takes a new subscription, so that the store is read, after a push that it does not understand: %s',
      async (text) => {
        const { bus, heard, connection } = await join();
        await connection.client.publish('test:ends', text);
        await heard.until('subscribed', 2);
        expect(heard.lines.slice(0, 3)).toEqual(['subscribed', 'lost', 'subscribed']);
        await bus.push('1', ends('s'));
        await heard.until('push s');
      },
    );

    it('carries cut-offs as well, and takes a new subscription after one that it does not understand', async () => {
      const { bus, heard, connection } = await join();
      await bus.push('1', { sessions: [], cutOffs: [{ userId: 'u', rolesVersion: 3 }] });
      await heard.until('push ');
      const wrong = {
        from: 'x',
        pushId: '2',
        ends: { sessions: [], cutOffs: [{ userId: 'u', rolesVersion: 'x' }] },
      };
      await connection.client.publish('test:ends', JSON.stringify(wrong));
      await heard.until('subscribed', 2);
    });

    it('is not troubled by nonsense on the other channels', async () => {
      const { bus, heard } = await join();
      await server.say(`PUBLISH test:heartbeats:${bus.instanceId} nonsense`);
      await server.say(`PUBLISH test:acknowledgements:${bus.instanceId} nonsense`);
      await bus.heartbeat(1);
      await heard.until('heartbeat 1');
      expect(heard.lines).toEqual(['subscribed', 'heartbeat NaN', 'ack nonsens nonsense', 'heartbeat 1']);
    });

    it('subscribes anew when its subscription is cut, and when it is told to', async () => {
      const { bus, heard } = await join();
      await server.say('CLIENT KILL TYPE pubsub');
      await heard.until('subscribed', 2);
      bus.resubscribe();
      await heard.until('subscribed', 3);
      expect(heard.count('lost')).toBe(2);
    });

    it('fails within a bounded time while Redis hangs, and goes on when it answers again', async () => {
      const { bus } = await join();
      server.pause();
      const startedAt = performance.now();
      await expect(bus.push('1', ends('s'))).rejects.toMatchObject({ code: 'ERR_REVOCATION_TIMEOUT' });
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      server.resume();
      await waitUntil('it answers', () => bus.heartbeat(1));
    });

    it('gives up a connection that the network has forgotten for a new one', async () => {
      const { bus, heard } = await join(proxy.through(server.url));
      proxy.strand();
      await waitUntil('it answers over a new connection', () => bus.heartbeat(1), { timeoutMs: 12_000 });
      bus.resubscribe();
      await heard.until('subscribed', 2);
      await bus.heartbeat(2);
      await heard.until('heartbeat 2');
    }, 30_000);

    it('gives up a connection on which the server says nothing from the start', async () => {
      const { bus, connection } = await join(proxy.through(server.url));
      proxy.hang();
      connection.reset();
      // The new connection is accepted, and nothing comes over it.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      proxy.strand();
      await proxy.heal();
      await waitUntil('it answers over a third one', () => bus.heartbeat(1), { timeoutMs: 12_000 });
    }, 30_000);

    it.each([
      ['is full', 'CONFIG SET maxmemory 1', 'CONFIG SET maxmemory 0', /OOM/],
      ['asks for a password', 'CONFIG SET requirepass secret', '', /NOAUTH|WRONGPASS|socket|closed/i],
      ['became a replica', 'REPLICAOF 127.0.0.1 1', 'REPLICAOF NO ONE', /READONLY/],
    ])('fails while Redis %s', async (_what, breaking, mending, message) => {
      const { bus, connection } = await join();
      await server.say(breaking);
      // What is authenticated stays so; a new connection is not.
      if (mending === '') connection.reset();
      await expect(
        waitUntil('it fails', async () => {
          try {
            await bus.heartbeat(1);
            return null;
          } catch (error) {
            return `${(error as Error).message}`;
          }
        }),
      ).resolves.toMatch(mending === '' ? /./ : message);
      if (mending === '') return;
      await server.say(mending);
      await waitUntil('it answers', () => bus.heartbeat(2));
    });

    it('reconnects for as long as it takes and leaves nothing behind', async () => {
      const warnings: string[] = [];
      const hear = (warning: Error) => warnings.push(warning.message);
      process.on('warning', hear);
      const { bus } = await join();
      await server.kill();
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      await server.start();
      await waitUntil('it answers', () => bus.heartbeat(1));
      process.off('warning', hear);
      expect(warnings).toEqual([]);
    }, 30_000);
  });

  describe('RedisSessionTier', () => {
    const snapshot = (sessionId: string = randomUUID()): SessionSnapshot => ({
      sessionId,
      userId: randomUUID(),
      deviceId: randomUUID(),
      status: 'active',
      endedReason: null,
      createdAt: 1,
      rolesVersion: 0,
      lastSeenAt: 1,
      address: '192.0.2.1',
      countries: ['DE'],
      clients: ['browser:Chrome:Windows'],
      needsLogin: false,
      readAt: 1,
      profile: { email: 'a@b.c', deviceName: 'TV', deviceKind: 'tv', browser: null, system: null },
    });
    const key = (sessionId: string) => `test:session:4:${sessionId}`;

    it('gives back what was written, until it is removed', async () => {
      const tier = new RedisSharedCache(await connect(), SNAPSHOT_FORMAT);
      const [a, b] = [snapshot(), snapshot()];
      await tier.write([a, b]);
      expect(await tier.read([a.sessionId, 'unknown', b.sessionId])).toEqual(
        new Map([
          [a.sessionId, a],
          [b.sessionId, b],
        ]),
      );
      await tier.remove([a.sessionId]);
      expect([...(await tier.read([a.sessionId, b.sessionId])).keys()]).toEqual([b.sessionId]);
    });

    it.each([
      ['no JSON', 'nonsense'],
      ['null', 'null'],
      ['a number', '42'],
      ['another session', JSON.stringify(snapshot())],
      ['an end', JSON.stringify({ ...snapshot('poisoned'), status: 'revoked' })],
      ['no times', JSON.stringify({ ...snapshot('poisoned'), createdAt: 'now' })],
      ['no profile', JSON.stringify({ ...snapshot('poisoned'), profile: null })],
    ])('takes a poisoned entry for none: %s', async (_what, text) => {
      const connection = await connect();
      const tier = new RedisSharedCache(connection, SNAPSHOT_FORMAT);
      await connection.client.set(key('poisoned'), text);
      expect((await tier.read(['poisoned'])).size).toBe(0);
      const good = snapshot('poisoned');
      await tier.write([good]);
      expect(await tier.read(['poisoned'])).toEqual(new Map([['poisoned', good]]));
    });

    it('takes an entry of another type for none', async () => {
      const tier = new RedisSharedCache(await connect(), SNAPSHOT_FORMAT);
      await server.say(`LPUSH ${key('poisoned')} x`);
      expect((await tier.read(['poisoned'])).size).toBe(0);
    });

    it('holds nothing and does not fail while Redis is full, or away', async () => {
      const tier = new RedisSharedCache(await connect(), SNAPSHOT_FORMAT);
      await server.say('CONFIG SET maxmemory 1');
      await tier.write([snapshot('full')]);
      expect((await tier.read(['full'])).size).toBe(0);
      await server.kill();
      await tier.write([snapshot('gone')]);
      await tier.remove(['gone']);
      expect((await tier.read(['gone'])).size).toBe(0);
    });

    it('is asked no more while Redis hangs, and again when it answers', async () => {
      const tier = new RedisSharedCache(await connect(), SNAPSHOT_FORMAT);
      const known = snapshot();
      await tier.write([known]);
      server.pause();
      for (let at = 0; at < 3; at++) expect((await tier.read([known.sessionId])).size).toBe(0);
      expect(tier.isOpen).toBe(true);
      const startedAt = performance.now();
      for (let at = 0; at < 100; at++) await tier.read([known.sessionId]);
      // One probe may have waited for its timeout; a hundred cannot have.
      expect(performance.now() - startedAt).toBeLessThan(2_000);
      server.resume();
      await waitUntil('it is read again', async () => (await tier.read([known.sessionId])).size === 1);
      expect(tier.isOpen).toBe(false);
    });
  });
});
