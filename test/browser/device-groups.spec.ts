/** In a constant, because the page is a separate program that this project's compiler must not follow into. */
const GROUPS = '../../web/src/account/device-groups';

interface Device {
  readonly name: string;
  readonly current: boolean;
  readonly last_seen_at: string;
}
interface Group {
  readonly title: string;
  readonly devices: readonly Device[];
}
interface Groups {
  groupDevices(devices: readonly Device[], now: number): Group[];
  firstDevices(groups: readonly Group[], limit: number): Group[];
  matchesQuery(device: Device, query: string): boolean;
}

const { groupDevices, firstDevices, matchesQuery } = (await import(GROUPS)) as Groups;

const NOW = Date.parse('2026-06-01T12:00:00Z');
const DAY_MS = 86_400_000;

const device = (name: string, activeDaysAgo: number, more: object = {}): Device => ({
  name,
  ...{ browser: 'Firefox', system: 'Linux', address: '203.0.113.7' },
  current: false,
  last_seen_at: new Date(NOW - activeDaysAgo * DAY_MS).toISOString(),
  ...more,
});
const names = (groups: readonly Group[]) =>
  groups.map(({ title, devices }) => [title, devices.map(({ name }) => name)]);

describe('the groups of devices', () => {
  it('begin with this device, continue by last activity, and are never empty', () => {
    const devices = [
      device('old', 90),
      device('this', 40, { current: true }),
      device('week', 6),
      device('hour', 0.1),
      device('now', -0.001),
    ];
    expect(names(groupDevices(devices, NOW))).toEqual([
      ['This device', ['this']],
      ['Active in the last 24 hours', ['now', 'hour']],
      ['Active in the last 7 days', ['week']],
      ['Not active for 30 days', ['old']],
    ]);
  });

  it('are cut to a number of devices', () => {
    const groups = groupDevices([device('a', 0), device('b', 0.5), device('c', 3), device('d', 20)], NOW);
    expect(names(firstDevices(groups, 3))).toEqual([
      ['Active in the last 24 hours', ['a', 'b']],
      ['Active in the last 7 days', ['c']],
    ]);
    expect(firstDevices(groups, 0)).toEqual([]);
  });
});

describe('a search for devices', () => {
  const place = { city: 'Lisbon', country: 'Portugal', country_code: 'PT' };
  const tablet = device('Kitchen tablet', 1, { place });

  it.each(['', '  ', 'kitchen', 'TABLET  linux', 'lisbon', 'portugal firefox', '203.0.113'])(
    'finds one by "%s"',
    (query) => expect(matchesQuery(tablet, query)).toBe(true),
  );

  it.each(['bedroom', 'kitchen windows', '.*'])('does not find one by "%s"', (query) =>
    expect(matchesQuery(tablet, query)).toBe(false),
  );
});
