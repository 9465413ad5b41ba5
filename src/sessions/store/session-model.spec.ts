import { activeSnapshot } from '../../../test/support/active-snapshot.js';
import { haveOneHiddenClass } from '../../../test/support/hidden-class.js';
import { SESSION_MODEL } from './session-model.js';

describe('SESSION_MODEL', () => {
  const read = (sessionId: string) => ({
    ...activeSnapshot(sessionId),
    readAt: 1.5,
    lastSeenAt: 1.5,
    createdAt: 1.5,
  });
  /** Sessions as the cache keeps them, from Postgres, from Redis, and with members in another order. */
  const cached = () => {
    const fromRedis = JSON.parse(JSON.stringify(read('c'))) as ReturnType<typeof read>;
    const { needsLogin, ...rest } = read('d');
    return [read('a'), fromRedis, { needsLogin, ...rest }].map((it) => ({
      snapshot: SESSION_MODEL.compact(it, it.sessionId),
      use: SESSION_MODEL.newUse(),
    }));
  };

  it('gives all snapshots one hidden class, whichever cache they come from', () => {
    // V8 starts to tell shapes apart only after some objects.
    const all = Array.from({ length: 50 }, cached).flat();
    expect(haveOneHiddenClass(all.map(({ snapshot }) => snapshot))).toBe(true);
    expect(haveOneHiddenClass(all.map(({ snapshot }) => snapshot.profile))).toBe(true);
  });

  it('gives all uses one hidden class, once some have been used', () => {
    const client = { address: '192.0.2.1', userAgent: 'curl' };
    const used = () => {
      const use = SESSION_MODEL.newUse();
      use.grant(1.5);
      use.accept(client);
      use.note(1.5, client.address);
      use.queued();
      return use;
    };
    for (let times = 0; times < 50; times++) used();
    const all = Array.from({ length: 50 }, () => [used(), SESSION_MODEL.newUse()]).flat();
    expect(haveOneHiddenClass(all)).toBe(true);
  });

  it('keeps one copy of the texts that sessions have in common, and the caller’s copy of the id', () => {
    const id = 'a'.repeat(36);
    const { sessionId, profile, clients } = SESSION_MODEL.compact(
      { ...read('other'), clients: ['browser:Firefox:Linux'] },
      id,
    );
    expect(sessionId).toBe(id);
    expect(profile).toEqual(read('x').profile);
    expect(clients).toEqual(['browser:Firefox:Linux']);
  });

  it('drops members that it does not know', () => {
    const read = { ...activeSnapshot('s'), grantedAt: 9, use: { grantedAt: 9 } };
    expect(SESSION_MODEL.compact(read, 's')).toEqual(activeSnapshot('s'));
    expect(SESSION_MODEL.newUse().grantedAt).toBe(0);
  });

  it('finds every difference but the times', () => {
    const known = activeSnapshot('s');
    expect(SESSION_MODEL.isUnchanged(known, { ...known, readAt: 9, lastSeenAt: 9 })).toBe(true);
    for (const change of [{ needsLogin: true }, { countries: ['DE'] }, { rolesVersion: 1 }]) {
      expect(SESSION_MODEL.isUnchanged(known, { ...known, ...change })).toBe(false);
    }
    const renamed = { ...known, profile: { ...known.profile, deviceName: 'Projector' } };
    expect(SESSION_MODEL.isUnchanged(known, renamed)).toBe(false);
  });
});
