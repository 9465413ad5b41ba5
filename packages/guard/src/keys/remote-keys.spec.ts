import { jest } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { COOL_DOWN_MS, KeysUnavailable, RemoteKeys } from './remote-keys.js';

const jwk = async (kid: string) => ({
  ...(await exportJWK((await generateKeyPair('ES256')).publicKey)),
  kid,
  alg: 'ES256',
  use: 'sig',
});

async function remoteKeys(...kids: string[]) {
  const published = new Map(await Promise.all(kids.map(async (kid) => [kid, await jwk(kid)] as const)));
  const state = { now: 0, fetches: 0, isDown: false, published, errors: [] as unknown[] };
  const keys = new RemoteKeys({
    fetchKeySet: async () => {
      state.fetches += 1;
      if (state.isDown) throw new Error('the service is down');
      return { keys: [...state.published.values()] };
    },
    now: () => state.now,
    onError: (error) => state.errors.push(error),
  });
  return { keys, state };
}

describe('RemoteKeys', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** Waits for a fetch that is under way, lets time pass, and waits for one that is due by then. */
  const pass = async (keys: RemoteKeys, ms = 300_000) => {
    await keys.find('unknown').catch(() => {});
    jest.advanceTimersByTime(ms);
    await keys.find('unknown').catch(() => {});
  };

  it('answers from memory once the keys are fetched', async () => {
    const { keys, state } = await remoteKeys('a', 'b');
    keys.start();
    await keys.ready();
    expect([keys.publicKey('a'), keys.publicKey('b'), keys.publicKey('c')]).toEqual([
      expect.anything(),
      expect.anything(),
      undefined,
    ]);
    expect(state.fetches).toBe(1);
    keys.stop();
  });

  it('fetches once per cool-down, however many unknown keys are asked for at once', async () => {
    const { keys, state } = await remoteKeys('a');
    keys.start();
    await keys.ready();
    const flood = () =>
      Promise.all(Array.from({ length: 1_000 }, (_, which) => keys.find(`unknown ${which}`)));
    await flood();
    expect(state.fetches).toBe(1);
    state.now += COOL_DOWN_MS;
    await flood();
    await flood();
    expect(state.fetches).toBe(2);
    keys.stop();
  });

  it('fetches once per cool-down while fetches fail, and cannot say then that a key does not exist', async () => {
    const { keys, state } = await remoteKeys('a');
    keys.start();
    await keys.ready();
    state.isDown = true;
    state.now += COOL_DOWN_MS;
    for (let time = 0; time < 100; time++) {
      await expect(keys.find('unknown')).rejects.toBeInstanceOf(KeysUnavailable);
    }
    expect(state.fetches).toBe(2);
    keys.stop();
  });

  it('finds a new key at the first token that names it', async () => {
    const { keys, state } = await remoteKeys('a');
    keys.start();
    await keys.ready();
    state.published.set('b', await jwk('b'));
    state.now += COOL_DOWN_MS;
    expect(await keys.find('b')).toBeDefined();
    keys.stop();
  });

  it('forgets a key that was removed within five minutes, without any request', async () => {
    const { keys, state } = await remoteKeys('a', 'b');
    keys.start();
    await keys.ready();
    state.published.delete('b');
    await pass(keys);
    expect([keys.publicKey('a'), keys.publicKey('b')]).toEqual([expect.anything(), undefined]);
    keys.stop();
  });

  it('keeps its keys while the key set cannot be fetched, and tries again', async () => {
    const { keys, state } = await remoteKeys('a', 'b');
    keys.start();
    await keys.ready();
    state.isDown = true;
    await pass(keys);
    expect([keys.publicKey('b'), state.errors.length]).toEqual([expect.anything(), 1]);
    state.isDown = false;
    state.published.delete('b');
    await pass(keys, COOL_DOWN_MS);
    expect(keys.publicKey('b')).toBeUndefined();
    keys.stop();
  });

  it('keeps its keys when it is answered with a set that has none', async () => {
    const { keys, state } = await remoteKeys('a');
    keys.start();
    await keys.ready();
    state.published.clear();
    await pass(keys);
    expect([keys.publicKey('a'), state.errors.length]).toEqual([expect.anything(), 1]);
    keys.stop();
  });

  it('ignores keys that cannot verify access tokens', async () => {
    const { keys, state } = await remoteKeys('a');
    state.published.set('encryption', { ...(await jwk('encryption')), use: 'enc' });
    state.published.set('other algorithm', { ...(await jwk('other algorithm')), alg: 'ES384' });
    state.published.set('other type', { kty: 'oct', kid: 'other type', alg: 'ES256', use: 'sig' });
    keys.start();
    await keys.ready();
    expect(['a', 'encryption', 'other algorithm', 'other type'].filter((kid) => keys.publicKey(kid))).toEqual(
      ['a'],
    );
    keys.stop();
  });

  it('starts although the service is down, and is ready when it is up', async () => {
    const { keys, state } = await remoteKeys('a');
    state.isDown = true;
    keys.start();
    await pass(keys, 1_000);
    await expect(keys.find('a')).rejects.toBeInstanceOf(KeysUnavailable);
    state.isDown = false;
    await pass(keys, 10_000);
    await keys.ready();
    expect(keys.publicKey('a')).toBeDefined();
    keys.stop();
  });

  it('fetches nothing after it was stopped', async () => {
    const { keys, state } = await remoteKeys('a');
    keys.start();
    await keys.ready();
    keys.stop();
    await pass(keys);
    expect(state.fetches).toBe(1);
  });
});
