import { activeSnapshot, LyingTier, MemoryTruth } from '../../test/support/revocation-world.js';
import { EndedSet } from './ended-set.js';
import { SessionLookup } from './session-lookup.js';
import type { SessionProfile, SessionSnapshot } from './session-snapshot.js';

/** The truth, of a session whose device is called what the test says. */
class NamedTruth extends MemoryTruth {
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
    const truth = new NamedTruth();
    const tier = new CountingTier();
    const lookup = new SessionLookup(
      truth,
      tier,
      new EndedSet(10),
      () => true,
      () => Date.now(),
      size,
    );
    return { truth, tier, lookup };
  };

  it('keeps an entry that is read again and says the same, and shares it once', async () => {
    const { tier, lookup } = start();
    const first = (await lookup.find('s')) as SessionSnapshot;
    Object.assign(first, { readAt: 1, lastSeenAt: 1, grantedAt: 7 });
    expect(await lookup.findFresh('s')).toBe(first);
    expect(Date.now() - first.readAt).toBeLessThan(60_000);
    expect(Date.now() - first.lastSeenAt).toBeLessThan(60_000);
    expect(first.grantedAt).toBe(7);
    expect(tier.written).toBe(1);
  });

  it('takes in what is new, with what only this instance knows, and shares it', async () => {
    const { truth, tier, lookup } = start();
    const first = (await lookup.find('s')) as SessionSnapshot;
    first.grantedAt = 7;
    truth.name = 'Projector';
    await lookup.findFresh('s');
    expect(lookup.find('s')).toMatchObject({ grantedAt: 7, profile: { deviceName: 'Projector' } });
    expect(tier.written).toBe(2);
  });

  it('reads an entry again behind the request that finds it old', async () => {
    const { truth, lookup } = start();
    const first = (await lookup.find('s')) as SessionSnapshot;
    first.readAt -= 61_000;
    truth.name = 'Projector';
    expect(lookup.find('s')).toBe(first);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(lookup.find('s')).toMatchObject({ profile: { deviceName: 'Projector' } });
    expect(truth.loads).toBe(2);
  });

  it('reads no more than some of many old entries at once', async () => {
    const { truth, lookup } = start(1_000);
    const ids = Array.from({ length: 1_000 }, (_, at) => `s${at}`);
    const entries = (await Promise.all(ids.map((id) => lookup.find(id)))) as SessionSnapshot[];
    for (const entry of entries) entry.readAt -= 61_000;
    const isOld = ({ readAt }: SessionSnapshot) => Date.now() - readAt > 60_000;
    expect(ids.map((id) => lookup.find(id))).toEqual(entries);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(entries.filter(isOld)).toHaveLength(900);
    expect(truth.loads).toBeGreaterThan(1);
  });
});
