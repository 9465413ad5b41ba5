import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BusListener } from '@latchkey/revocation/bus';
import { HmacAuthenticator } from '@latchkey/revocation/redis/hmac-authenticator';
import { RedisBus } from '@latchkey/revocation/redis/redis-bus';
import { RedisSharedCache } from '@latchkey/revocation/redis/redis-shared-cache';
import type { Revocations } from '@latchkey/revocation/session-store';
import { RedisConnection } from '../../../src/redis/redis-connection.js';
import { type SessionSnapshot, SNAPSHOT_FORMAT } from '../../../src/sessions/store/session-snapshot.js';
import { RedisServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitUntil } from '../../support/wait-until.js';

const AUTHENTICATOR = new HmacAuthenticator([randomBytes(32)], 'test');
const STRANGER = new HmacAuthenticator([randomBytes(32)], 'test');

const revocationOf = (sessionId: string): Revocations => ({
  sessions: [{ sessionId, reason: 'logout' }],
  cutOffs: [],
});

/** Records every event in order. */
class Recorder implements BusListener {
  readonly lines: string[] = [];
  subscribed = () => void this.lines.push('subscribed');
  lost = () => void this.lines.push('lost');
  heartbeat = (sequence: number) => void this.lines.push(`heartbeat ${sequence}`);
  push = (_from: string, _pushId: string, { sessions }: Revocations) =>
    void this.lines.push(`push ${sessions.map(({ sessionId }) => sessionId)}`);
  revoked = ({ sessions }: Revocations) =>
    void this.lines.push(`revoked ${sessions.map(({ sessionId }) => sessionId)}`);
  changed = (sessionIds: readonly string[]) => void this.lines.push(`changed ${sessionIds}`);
  question = (replyTo: string, sessionId: string) => void this.lines.push(`question ${replyTo} ${sessionId}`);
  acknowledgement = (from: string, pushId: string) => void this.lines.push(`ack ${from} ${pushId}`);

  count(line: string): number {
    return this.lines.filter((it) => it === line).length;
  }
  until(line: string, times = 1): Promise<unknown> {
    return waitUntil(`received: ${line}`, () => this.count(line) >= times);
  }
}

describe('the Redis adapters of the revocation protocol', () => {
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
    const connection = await RedisConnection.open({ kind: 'single', url }, 'test');
    connections.push(connection);
    return connection;
  };
  const join = async (url = server.url) => {
    const connection = await connect(url);
    const bus = new RedisBus(connection, AUTHENTICATOR, (id) => /^[a-z]/.test(id));
    buses.push(bus);
    const recorder = new Recorder();
    bus.start(recorder);
    await recorder.until('subscribed');
    return { bus, recorder, connection };
  };

  describe('RedisBus', () => {
    it('delivers the heartbeats of an instance to itself only', async () => {
      const [a, b] = [await join(), await join()];
      await a.bus.heartbeat(1);
      await a.recorder.until('heartbeat 1');
      await b.bus.heartbeat(2);
      await b.recorder.until('heartbeat 2');
      expect(b.recorder.count('heartbeat 1')).toBe(0);
    });

    it('preserves order: an instance that receives a heartbeat sent after a push has received the push', async () => {
      const [a, b] = [await join(), await join()];
      for (let round = 1; round <= 50; round++) {
        await a.bus.push('1', revocationOf(`s${round}`));
        await b.bus.heartbeat(round);
      }
      await b.recorder.until('heartbeat 50');
      const received = b.recorder.lines.filter((line) => line !== 'subscribed');
      expect(received).toEqual(
        Array.from({ length: 50 }, (_, at) => [`push s${at + 1}`, `heartbeat ${at + 1}`]).flat(),
      );
    });

    it('returns the registered instances to the revoker and delivers their acknowledgements', async () => {
      const [a, b] = [await join(), await join()];
      await a.bus.heartbeat(4);
      await b.bus.heartbeat(7);
      const { registered } = await a.bus.push('9', revocationOf('s'));
      expect(registered).toEqual(
        new Map([
          [a.bus.instanceId, 4],
          [b.bus.instanceId, 7],
        ]),
      );
      await b.bus.acknowledge(a.bus.instanceId, '9');
      await a.recorder.until(`ack ${b.bus.instanceId} 9`);
    });

    it('announces changed sessions to every instance', async () => {
      const [a, b] = [await join(), await join()];
      await a.bus.announceChange(['s', 't']);
      await Promise.all([a, b].map(({ recorder }) => recorder.until('changed s,t')));
    });

    it('returns the previous registration with a heartbeat, or null after a flush', async () => {
      const { bus } = await join();
      const first = await bus.heartbeat(1);
      expect(first.previous).toBeNull();
      expect(await bus.heartbeat(2)).toEqual({ previous: 1, server: first.server });
      await server.send('FLUSHALL');
      expect(await bus.heartbeat(3)).toEqual({ previous: null, server: first.server });
    });

    it('distinguishes a restarted or replaced server from the previous one', async () => {
      const { bus, recorder } = await join();
      const { server: before } = await bus.heartbeat(1);
      await server.kill();
      await recorder.until('lost');
      await server.start();
      await recorder.until('subscribed', 2);
      const after = await waitUntil('Redis answers', () => bus.heartbeat(2));
      expect(after.previous).toBeNull();
      expect(after.server).not.toBe(before);
    });

    it('removes a registration only if it has not changed', async () => {
      const [a, b] = [await join(), await join()];
      await b.bus.heartbeat(1);
      await b.bus.heartbeat(2);
      await a.bus.forget(b.bus.instanceId, 1);
      expect((await a.bus.push('1', revocationOf('s'))).registered.has(b.bus.instanceId)).toBe(true);
      await a.bus.forget(b.bus.instanceId, 2);
      expect((await a.bus.push('2', revocationOf('s'))).registered.has(b.bus.instanceId)).toBe(false);
    });

    it('removes its registration when it stops', async () => {
      const [a, b] = [await join(), await join()];
      await b.bus.heartbeat(1);
      await b.bus.stop();
      expect((await a.bus.push('1', revocationOf('s'))).registered.size).toBe(0);
    });

    const forged = (text: string) => ['sealed by another service', STRANGER.seal('test:ends', text)];
    const copied = (text: string) => ['sealed for another channel', AUTHENTICATOR.seal('test:changes', text)];
    const malformed = (text: string) => [`malformed: ${text}`, AUTHENTICATOR.seal('test:ends', text)];
    const pushText = (ends: object) => JSON.stringify({ from: 'x', pushId: '1', ends });
    const good = pushText(revocationOf('forged'));

    it.each([
      ['not sealed', good],
      forged(good),
      copied(good),
      malformed('nonsense'),
      malformed('{}'),
      malformed('null'),
    ])('resubscribes after a push that is %s, so that the store is read again', async (_, text) => {
      const { bus, recorder, connection } = await join();
      await connection.client.publish('test:ends', text ?? '');
      await recorder.until('subscribed', 2);
      expect(recorder.lines.slice(0, 3)).toEqual(['subscribed', 'lost', 'subscribed']);
      await bus.push('1', revocationOf('s'));
      await recorder.until('push s');
    });

    it('delivers cut-offs', async () => {
      const { bus, recorder } = await join();
      await bus.push('1', { sessions: [], cutOffs: [{ userId: 'u', rolesVersion: 3 }] });
      await recorder.until('push ');
    });

    it.each([
      ['an id', { sessions: [{ sessionId: '7', reason: 'x' }], cutOffs: [] }],
      ['a version', { sessions: [], cutOffs: [{ userId: 'u', rolesVersion: 2 ** 40 }] }],
    ])('delivers the rest of a push in which %s is malformed, and resubscribes', async (_, bad) => {
      const { recorder, connection } = await join();
      const { sessions } = revocationOf('s');
      const text = pushText({ ...bad, sessions: [...bad.sessions, ...sessions] });
      await connection.client.publish('test:ends', AUTHENTICATOR.seal('test:ends', text));
      await recorder.until('subscribed', 2);
      expect(recorder.lines.slice(0, 4)).toEqual(['subscribed', 'revoked s', 'lost', 'subscribed']);
    });

    it('ignores what no instance has sent on the other channels', async () => {
      const [a, b] = [await join(), await join()];
      const id = a.bus.instanceId;
      const forgeries: [string, string][] = [
        [`test:heartbeats:${id}`, '1'],
        [`test:acknowledgements:${id}`, `${b.bus.instanceId} 1`],
        ['test:changes', 's'],
        ['test:questions', 'test:ends s'],
      ];
      for (const [channel, text] of forgeries) {
        for (const sealed of [text, STRANGER.seal(channel, text), AUTHENTICATOR.seal('elsewhere', text)])
          await a.connection.client.publish(channel, sealed);
      }
      await a.bus.heartbeat(2);
      await a.recorder.until('heartbeat 2');
      expect(a.recorder.lines).toEqual(['subscribed', 'heartbeat 2']);
    });

    it('does not accept an acknowledgement that was sent to another revoker', async () => {
      const [a, b] = [await join(), await join()];
      const sent: string[] = [];
      const channelTo = ({ bus }: typeof a) => `test:acknowledgements:${bus.instanceId}`;
      const listener = a.connection.newSubscriber();
      await listener.connect();
      await listener.subscribe([channelTo(a)], (text) => sent.push(text));
      await b.bus.acknowledge(a.bus.instanceId, '1');
      await waitUntil('the acknowledgement was sent', () => sent.length > 0);
      await a.connection.client.publish(channelTo(b), sent[0] ?? '');
      await listener.disconnect();
      await b.bus.heartbeat(1);
      await b.recorder.until('heartbeat 1');
      expect(b.recorder.lines).toEqual(['subscribed', 'heartbeat 1']);
    });

    it('counts the receivers of a push, registered or not', async () => {
      const [a, b] = [await join(), await join()];
      await Promise.all([a.bus.heartbeat(1), b.bus.heartbeat(1)]);
      await server.send(`HDEL test:instances ${b.bus.instanceId}`);
      const { registered, receivers } = await a.bus.push('1', revocationOf('s'));
      expect([registered.size, receivers]).toEqual([1, 2]);
    });

    it('removes an entry of the table that no instance can have written', async () => {
      const { bus, connection } = await join();
      await connection.client.hSet('test:instances', 'stranger', 'nonsense');
      const { registered } = await bus.push('1', revocationOf('s'));
      await bus.forget('stranger', registered.get('stranger') ?? 0);
      expect((await bus.push('2', revocationOf('s'))).registered.has('stranger')).toBe(false);
    });

    it('resubscribes when its subscription is lost and on request', async () => {
      const { bus, recorder } = await join();
      await server.send('CLIENT KILL TYPE pubsub');
      await recorder.until('subscribed', 2);
      bus.resubscribe();
      await recorder.until('subscribed', 3);
      expect(recorder.count('lost')).toBe(2);
    });

    it('fails within a bounded time while Redis hangs, and recovers afterwards', async () => {
      const { bus } = await join();
      server.pause();
      const startedAt = performance.now();
      await expect(bus.push('1', revocationOf('s'))).rejects.toMatchObject({
        code: 'ERR_REVOCATION_TIMEOUT',
      });
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      server.resume();
      await waitUntil('Redis answers', () => bus.heartbeat(1));
    });

    it('replaces a connection whose packets the network drops', async () => {
      const { bus, recorder } = await join(proxy.through(server.url));
      proxy.strand();
      await waitUntil('Redis answers over a new connection', () => bus.heartbeat(1), { timeoutMs: 12_000 });
      bus.resubscribe();
      await recorder.until('subscribed', 2);
      await bus.heartbeat(2);
      await recorder.until('heartbeat 2');
    }, 30_000);

    it('replaces a connection on which the server never responds', async () => {
      const { bus, connection } = await join(proxy.through(server.url));
      proxy.hang();
      connection.reset();
      // The new connection is accepted, but no data arrives.
      await sleep(1_000);
      proxy.strand();
      await proxy.heal();
      await waitUntil('Redis answers over a third connection', () => bus.heartbeat(1), { timeoutMs: 12_000 });
    }, 30_000);

    it.each([
      ['is full', 'CONFIG SET maxmemory 1', 'CONFIG SET maxmemory 0', /OOM/],
      ['asks for a password', 'CONFIG SET requirepass secret', '', /NOAUTH|WRONGPASS|socket|closed/i],
      ['became a replica', 'REPLICAOF 127.0.0.1 1', 'REPLICAOF NO ONE', /READONLY/],
    ])('fails while Redis %s', async (_what, breaking, mending, message) => {
      const { bus, connection } = await join();
      await server.send(breaking);
      // An authenticated connection stays authenticated, so force a new one.
      if (mending === '') connection.reset();
      await expect(
        waitUntil('the heartbeat fails', async () => {
          try {
            await bus.heartbeat(1);
            return null;
          } catch (error) {
            return `${(error as Error).message}`;
          }
        }),
      ).resolves.toMatch(mending === '' ? /./ : message);
      if (mending === '') return;
      await server.send(mending);
      await waitUntil('Redis answers', () => bus.heartbeat(2));
    });

    it('keeps reconnecting and leaks no listeners', async () => {
      const warnings: string[] = [];
      const onWarning = (warning: Error) => warnings.push(warning.message);
      process.on('warning', onWarning);
      const { bus } = await join();
      await server.kill();
      await sleep(6_000);
      await server.start();
      await waitUntil('Redis answers', () => bus.heartbeat(1));
      process.off('warning', onWarning);
      expect(warnings).toEqual([]);
    }, 30_000);
  });

  describe('RedisSharedCache', () => {
    const snapshot = (sessionId: string = randomUUID()): SessionSnapshot => ({
      sessionId,
      userId: randomUUID(),
      deviceId: randomUUID(),
      sessionEpoch: 0,
      status: 'active',
      endedReason: null,
      createdAt: 1,
      rolesVersion: 0,
      lastSeenAt: 1,
      activeAt: 1,
      address: '192.0.2.1',
      countries: ['DE'],
      clients: ['browser:Chrome:Windows'],
      needsLogin: false,
      readAt: 1,
      profile: {
        email: 'a@b.c',
        emailVerified: false,
        deviceName: 'TV',
        deviceKind: 'tv',
        browser: null,
        system: null,
      },
    });
    const key = (sessionId: string) => `test:session:${SNAPSHOT_FORMAT.version}:${sessionId}`;

    it('returns what was written, until it is removed', async () => {
      const cache = new RedisSharedCache(await connect(), SNAPSHOT_FORMAT, AUTHENTICATOR);
      const [a, b] = [snapshot(), snapshot()];
      await cache.write([a, b]);
      expect(await cache.read([a.sessionId, 'unknown', b.sessionId])).toEqual(
        new Map([
          [a.sessionId, a],
          [b.sessionId, b],
        ]),
      );
      await cache.remove([a.sessionId]);
      expect([...(await cache.read([a.sessionId, b.sessionId])).keys()]).toEqual([b.sessionId]);
    });

    const sealed = (value: unknown, place = key('poisoned'), by = AUTHENTICATOR) =>
      JSON.stringify({ sealed: by.seal(place, JSON.stringify(value)) });

    it.each([
      ['invalid JSON', 'nonsense'],
      ['null', 'null'],
      ['a number', '42'],
      ['a snapshot that is not sealed', JSON.stringify(snapshot('poisoned'))],
      ['a seal that is not a text', JSON.stringify({ sealed: 7 })],
      ['sealed by another service', sealed(snapshot('poisoned'), key('poisoned'), STRANGER)],
      ['sealed for another key', sealed(snapshot('poisoned'), key('other'))],
      ['another session', sealed(snapshot())],
      ['a revoked session', sealed({ ...snapshot('poisoned'), status: 'revoked' })],
      ['malformed times', sealed({ ...snapshot('poisoned'), createdAt: 'now' })],
      ['no profile', sealed({ ...snapshot('poisoned'), profile: null })],
    ])('ignores an invalid entry, and returns the others: %s', async (_what, text) => {
      const connection = await connect();
      const cache = new RedisSharedCache(connection, SNAPSHOT_FORMAT, AUTHENTICATOR);
      const other = snapshot();
      await cache.write([other]);
      await connection.client.set(key('poisoned'), text);
      for (let times = 0; times < 5; times++)
        expect(await cache.read(['poisoned', other.sessionId])).toEqual(new Map([[other.sessionId, other]]));
      const good = snapshot('poisoned');
      await cache.write([good]);
      expect(await cache.read(['poisoned'])).toEqual(new Map([['poisoned', good]]));
    });

    it('ignores a genuine entry that was copied under the key of another session', async () => {
      const connection = await connect();
      const cache = new RedisSharedCache(connection, SNAPSHOT_FORMAT, AUTHENTICATOR);
      const [a, b] = [snapshot(), snapshot()];
      await cache.write([a, b]);
      await connection.client.set(key(a.sessionId), (await connection.client.get(key(b.sessionId))) ?? '');
      expect([...(await cache.read([a.sessionId, b.sessionId])).keys()]).toEqual([b.sessionId]);
    });

    it('ignores an entry of another Redis type', async () => {
      const cache = new RedisSharedCache(await connect(), SNAPSHOT_FORMAT, AUTHENTICATOR);
      await server.send(`LPUSH ${key('poisoned')} x`);
      expect((await cache.read(['poisoned'])).size).toBe(0);
    });

    it('returns nothing and does not fail while Redis is full or down', async () => {
      const cache = new RedisSharedCache(await connect(), SNAPSHOT_FORMAT, AUTHENTICATOR);
      await server.send('CONFIG SET maxmemory 1');
      await cache.write([snapshot('full')]);
      expect((await cache.read(['full'])).size).toBe(0);
      await server.kill();
      await cache.write([snapshot('gone')]);
      await cache.remove(['gone']);
      expect((await cache.read(['gone'])).size).toBe(0);
    });

    it('is not read while Redis hangs, and is read again once it responds', async () => {
      const cache = new RedisSharedCache(await connect(), SNAPSHOT_FORMAT, AUTHENTICATOR);
      const known = snapshot();
      await cache.write([known]);
      server.pause();
      for (let at = 0; at < 3; at++) expect((await cache.read([known.sessionId])).size).toBe(0);
      expect(cache.isOpen).toBe(true);
      const startedAt = performance.now();
      for (let at = 0; at < 100; at++) await cache.read([known.sessionId]);
      // One read may have waited for its timeout, but not a hundred.
      expect(performance.now() - startedAt).toBeLessThan(2_000);
      server.resume();
      await waitUntil(
        'the cache is read again',
        async () => (await cache.read([known.sessionId])).size === 1,
      );
      expect(cache.isOpen).toBe(false);
    });
  });
});
