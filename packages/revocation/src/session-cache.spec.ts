import { activeSnapshot, LyingTier, MemoryStore } from '../../../test/support/revocation-world.js';
import type { CachedSession } from './cached-session.js';
import { EndedSet } from './ended-set.js';
import { REFRESH_AFTER_MS, SessionCache } from './session-cache.js';
import type { SessionProfile, SessionSnapshot } from './session-snapshot.js';

/** The store, of a session whose device is called what the test says. */
class NamedTruth extends MemoryStore {
  name = 'TV';
  override async load(ids: readonly string[]): Promise<Map<string, SessionSnapshot>> {
    const found = await super.load(ids);
    const profile: SessionProfile = { ...activeSnapshot('s').profile, deviceName: this.name };
    return new Map([...found].map(([id, it]) => [id, { ...it, profile: { ...profile } }]));
  }
}

class CountingTier extends LyingTier {
  written = 0;
  override async write(snapshots: readonly SessionSnapshot[]): Promise<void> {
    this.written += snapshots.length;
  }
}

describe('SessionLookup', () => {
  const start = (size = 10) => {
    const store = new NamedTruth();
    const tier = new CountingTier();
    const lookup = new SessionCache(
      store,
      tier,
      new EndedSet(10),
      () => true,
      () => Date.now(),
      size,
    );
    return { store, tier, lookup };
  };

  it('keeps an entry that is read again and says the same, and shares it once', async () => {
    const { tier, lookup } = start();
    const first = (await lookup.find('s')) as CachedSession;
    const halfAMinuteAgo = Date.now() - 30_000;
    Object.assign(first, { readAt: halfAMinuteAgo, lastSeenAt: halfAMinuteAgo, grantedAt: 7 });
    expect(await lookup.findFresh('s')).toBe(first);
    expect(Date.now() - first.readAt).toBeLessThan(20_000);
    expect(Date.now() - first.lastSeenAt).toBeLessThan(20_000);
    expect(first.grantedAt).toBe(7);
    expect(tier.written).toBe(1);
  });

  it('takes in what is new, with what only this instance knows, and shares it', async () => {
    const { store, tier, lookup } = start();
    const first = (await lookup.find('s')) as CachedSession;
    first.grantedAt = 7;
    store.name = 'Projector';
    await lookup.findFresh('s');
    expect(lookup.find('s')).toMatchObject({ grantedAt: 7, profile: { deviceName: 'Projector' } });
    expect(tier.written).toBe(2);
  });

  it('reads an entry again behind the request that finds it old', async () => {
    const { store, lookup } = start();
    const first = (await lookup.find('s')) as CachedSession;
    first.readAt -= REFRESH_AFTER_MS + 1_000;
    store.name = 'Projector';
    expect(lookup.find('s')).toBe(first);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(lookup.find('s')).toMatchObject({ profile: { deviceName: 'Projector' } });
    expect(store.loads).toBe(2);
  });

  it('shares an entry again when what it shared has grown old', async () => {
    const { tier, lookup } = start();
    const first = (await lookup.find('s')) as CachedSession;
    first.readAt -= REFRESH_AFTER_MS + 1_000;
    expect(await lookup.findFresh('s')).toBe(first);
    expect(tier.written).toBe(2);
  });

  it('reads all that it holds again, when used, once changes may have gone unheard', async () => {
    const { store, lookup } = start();
    const first = (await lookup.find('s')) as CachedSession;
    await new Promise((resolve) => setTimeout(resolve, 5));
    lookup.markAllStale();
    store.name = 'Projector';
    expect(lookup.find('s')).toBe(first);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(lookup.find('s')).toMatchObject({ profile: { deviceName: 'Projector' } });
    expect(store.loads).toBe(2);
  });

  it('keeps nothing that was read while it changed', async () => {
    const { store, tier, lookup } = start();
    let comesBack = () => {};
    store.turn = (label) =>
      label === 'a read comes back' ? new Promise((resolve) => (comesBack = resolve)) : Promise.resolve();
    const before = lookup.find('s');
    await new Promise((resolve) => setTimeout(resolve, 20));
    lookup.drop(['s']);
    comesBack();
    expect(await before).toMatchObject({ profile: { deviceName: 'TV' } });
    expect(lookup.peek('s')).toBeUndefined();
    expect(tier.written).toBe(0);
  });

  it('reads no more than some of many old entries at once', async () => {
    const { store, lookup } = start(1_000);
    const ids = Array.from({ length: 1_000 }, (_, at) => `s${at}`);
    const entries = (await Promise.all(ids.map((id) => lookup.find(id)))) as CachedSession[];
    for (const entry of entries) entry.readAt -= REFRESH_AFTER_MS + 1_000;
    const isOld = ({ readAt }: CachedSession) => Date.now() - readAt > REFRESH_AFTER_MS;
    expect(ids.map((id) => lookup.find(id))).toEqual(entries);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(entries.filter(isOld)).toHaveLength(900);
    expect(store.loads).toBeGreaterThan(1);
  });
});
