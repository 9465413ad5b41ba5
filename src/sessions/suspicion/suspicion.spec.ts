import fc from 'fast-check';
import type { GeoLocation } from '../../geoip/geo-location.js';
import { POLICY_PRESETS, SUSPICION_ACTIONS, SUSPICIONS } from '../../policy/session-policy.js';
import type { ClientFamily } from '../../user-agents/client-family.js';
import { distanceKm } from './distance.js';
import { isImpossibleTravel } from './impossible-travel.js';
import { type CurrentUse, type KnownUse, suspicionOf } from './suspicion.js';

const HOUR = 3_600_000;

const place = (countryCode: string, latitude: number, longitude: number): GeoLocation => ({
  countryCode,
  country: countryCode,
  city: null,
  position: { latitude, longitude, accuracyKm: null },
});
const BERLIN = place('DE', 52.52, 13.4);
const BREMEN = place('DE', 53.1, 8.85);
const POZNAN = place('PL', 52.4, 16.9);
const ATHENS = place('GR', 37.98, 23.73);
const TOKYO = place('JP', 35.69, 139.77);
const CHROME: ClientFamily = { isBrowser: true, name: 'Chrome', system: 'Windows' };

const clients = fc.record({
  isBrowser: fc.boolean(),
  name: fc.constantFrom('Chrome', 'Firefox', 'curl', null),
  system: fc.constantFrom('Windows', 'Android', 'Linux', 'iOS', 'macOS', null),
});
const places = fc.option(fc.constantFrom(BERLIN, BREMEN, POZNAN, ATHENS, TOKYO));
const actions = fc.record(
  Object.fromEntries(SUSPICIONS.map((name) => [name, fc.constantFrom(...SUSPICION_ACTIONS)])),
) as fc.Arbitrary<(typeof POLICY_PRESETS)['bank']['suspicionActions']>;

const travels = (from: GeoLocation | null, to: GeoLocation | null, ms: number, known: string[] = []) =>
  isImpossibleTravel({ place: from, at: 0 }, { place: to, at: ms }, known);

describe('distanceKm', () => {
  it('matches known distances', () => {
    expect(distanceKm(BERLIN.position!, TOKYO.position!)).toBeCloseTo(8_918, -2);
    expect(distanceKm(BERLIN.position!, BERLIN.position!)).toBe(0);
    const pole = { latitude: 90, longitude: 0, accuracyKm: null };
    expect(distanceKm(pole, { ...pole, latitude: -90 })).toBeCloseTo(20_015, -2);
  });
});

describe('a journey', () => {
  it.each<[string, GeoLocation | null, GeoLocation | null, number, boolean]>([
    ['around the world in an hour', BERLIN, TOKYO, HOUR, true],
    ['around the world in a flight', BERLIN, TOKYO, 12 * HOUR, false],
    ['across the continent at once', BERLIN, ATHENS, 0, true],
    ['across the continent in a flight', BERLIN, ATHENS, 3 * HOUR, false],
    ['over the next border', BERLIN, POZNAN, 0, false],
    ['within a country', BREMEN, BERLIN, 0, false],
    ['back in time', BERLIN, TOKYO, -HOUR, true],
    ['from nowhere', null, TOKYO, 0, false],
    ['to nowhere', BERLIN, null, 0, false],
    ['to a place without a position', BERLIN, { ...TOKYO, position: null }, 0, false],
  ])('%s', (_what, from, to, ms, isImpossible) => {
    expect(travels(from, to, ms)).toBe(isImpossible);
  });

  it('is reduced by the error of both positions', () => {
    const vague = { ...TOKYO, position: { ...TOKYO.position!, accuracyKm: 9_000 } };
    expect(travels(BERLIN, vague, 0)).toBe(false);
  });

  it('to a country in which the session is known is never impossible', () => {
    expect(travels(BERLIN, TOKYO, 0, ['DE', 'JP'])).toBe(false);
  });

  it('that is possible stays possible with more time', () => {
    fc.assert(
      fc.property(places, places, fc.nat(20 * HOUR), fc.nat(20 * HOUR), (from, to, ms, more) => {
        if (!travels(from, to, ms)) expect(travels(from, to, ms + more)).toBe(false);
      }),
    );
  });
});

describe('a suspicion', () => {
  const habits: KnownUse = { lastSeen: { place: BERLIN, at: 0 }, countries: ['DE'], clients: [CHROME] };
  const use: CurrentUse = { place: BERLIN, at: 1, client: CHROME };

  it('has the most severe of the actions that apply', () => {
    const thief = { ...use, place: TOKYO, client: { ...CHROME, name: 'Firefox' } };
    const { suspicionActions } = POLICY_PRESETS.bank;
    expect(suspicionOf(habits, thief, suspicionActions)).toEqual({
      suspicion: 'client_changed',
      action: 'end',
    });
    expect(suspicionOf(habits, thief, { ...suspicionActions, client_changed: 'notify' })).toEqual({
      suspicion: 'impossible_travel',
      action: 'require_reauthentication',
    });
    const off = { ...suspicionActions, client_changed: 'off', impossible_travel: 'off' } as const;
    expect(suspicionOf(habits, thief, off)).toBeNull();
  });

  it.each<[string, Partial<ClientFamily>, string | null]>([
    ['another browser', { name: 'Firefox' }, 'client_changed'],
    ['another system', { system: 'Android' }, 'client_changed'],
    ['a system that is not told', { system: null }, null],
    ['a program', { isBrowser: false, name: 'curl', system: null }, 'client_scripted'],
    ['the same', {}, null],
  ])('of %s', (_what, change, suspicion) => {
    const verdict = suspicionOf(
      habits,
      { ...use, client: { ...CHROME, ...change } },
      POLICY_PRESETS.social.suspicionActions,
    );
    expect(verdict?.suspicion ?? null).toBe(suspicion);
  });

  it('is never raised for known use, nor for a session about which nothing is known', () => {
    fc.assert(
      fc.property(places, fc.array(clients, { minLength: 1 }), fc.nat(), actions, (at, known, ms, policy) => {
        const countries = at ? [at.countryCode] : [];
        const last = { place: BERLIN, at: 0 };
        for (const client of known) {
          expect(
            suspicionOf({ lastSeen: last, countries, clients: known }, { place: at, at: ms, client }, policy),
          ).toBeNull();
          expect(
            suspicionOf(
              { lastSeen: { place: null, at: 0 }, countries: [], clients: [] },
              { place: at, at: ms, client },
              policy,
            ),
          ).toBeNull();
        }
      }),
    );
  });

  it('is never raised about a client that is not known', () => {
    const habits = { lastSeen: { place: BERLIN, at: 0 }, countries: ['DE'], clients: [CHROME] };
    const { suspicionActions } = POLICY_PRESETS.bank;
    expect(suspicionOf(habits, { place: BERLIN, at: 1, client: null }, suspicionActions)).toBeNull();
    const travel = suspicionOf(habits, { place: TOKYO, at: 1, client: null }, suspicionActions);
    expect(travel?.suspicion).toBe('impossible_travel');
  });

  it('is never raised if the policy turns it off', () => {
    fc.assert(
      fc.property(places, places, clients, clients, actions, (from, to, before, now, policy) => {
        const verdict = suspicionOf(
          { lastSeen: { place: from, at: 0 }, countries: [], clients: [before] },
          { place: to, at: 1, client: now },
          policy,
        );
        if (verdict) expect(policy[verdict.suspicion]).toBe(verdict.action);
      }),
    );
  });
});
