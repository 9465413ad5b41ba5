import { timeZoneOf } from './time-zone.js';

describe('the time zone of a location', () => {
  const place = { countryCode: 'XX', country: 'Somewhere', city: null };

  it.each([
    [53.08, 8.81, 'Europe/Berlin'],
    [35.68, 139.69, 'Asia/Tokyo'],
    [-90, 180, expect.any(String)],
  ])('at %d, %d is %s', (latitude, longitude, zone) => {
    expect(timeZoneOf({ ...place, position: { latitude, longitude, accuracyKm: null } })).toEqual(zone);
  });

  it('is unknown without a position', () => {
    expect(timeZoneOf({ ...place, position: null })).toBeNull();
    expect(timeZoneOf(null)).toBeNull();
  });
});
