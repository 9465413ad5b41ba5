import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGED_GEOIP_DATABASES } from '../config/packaged-geoip.js';
import { GeoIp } from './geoip.js';
import { UnusableGeoIpDatabase } from './geoip-database.js';
import { readLocation } from './location-record.js';

const [, IPV6 = ''] = PACKAGED_GEOIP_DATABASES;

describe('the location of an address', () => {
  let geoIp: GeoIp;
  beforeAll(() => {
    geoIp = new GeoIp(PACKAGED_GEOIP_DATABASES);
  });
  afterAll(() => geoIp.close());

  it.each([
    ['134.102.20.20', { countryCode: 'DE', country: 'Germany', city: 'Bremen' }],
    ['133.11.0.1', { countryCode: 'JP', country: 'Japan' }],
    ['2a02:8108::1', { countryCode: 'DE', city: 'Berlin' }],
  ])('is found for %s', (address, location) => {
    expect(geoIp.find(address)).toMatchObject({ ...location, position: { accuracyKm: null } });
  });

  it.each([
    ...['10.0.0.1', '192.168.1.1', '127.0.0.1', '0.0.0.0', '169.254.1.1', '100.64.0.1', '224.0.0.1'],
    ...['255.255.255.255', '203.0.113.7', '::1', '::', 'fe80::1', 'fd00::1', '2001:db8::1', '::ffff:8.8.8.8'],
    ...['', 'unknown', '1.2.3', '999.1.1.1', "'; --"],
  ])('is unknown for %j', (address) => {
    expect(geoIp.find(address)).toBeNull();
  });

  it('is unknown without a database', () => {
    expect(new GeoIp([]).find('134.102.20.20')).toBeNull();
  });
});

describe('a database record', () => {
  it('can have the structure that MaxMind uses', () => {
    const record = {
      country: { iso_code: 'GB', names: { en: 'United Kingdom' } },
      city: { names: { en: 'London' } },
      location: { latitude: 51.5, longitude: -0.1, accuracy_radius: 20 },
    };
    expect(readLocation(record)).toEqual({
      countryCode: 'GB',
      country: 'United Kingdom',
      city: 'London',
      position: { latitude: 51.5, longitude: -0.1, accuracyKm: 20 },
    });
  });

  it.each([
    [null],
    ['DE'],
    [{ country_code: 'ZZ' }],
    [{ country_code: 'de' }],
    [{ country_code: 49 }],
    [{ country: {} }],
  ])('without a country is ignored: %j', (record) => {
    expect(readLocation(record)).toBeNull();
  });

  it.each([
    [{ latitude: 91, longitude: 0 }],
    [{ latitude: Number.NaN, longitude: 0 }],
    [{ latitude: 1 }],
    [{ latitude: '1', longitude: '1' }],
  ])('has no position when its coordinates are invalid: %j', (position) => {
    expect(readLocation({ country_code: 'DE', city: '', ...position })).toMatchObject({
      city: null,
      position: null,
    });
  });
});

describe('a database that cannot be used', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-geoip-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const whole = () => readFileSync(IPV6);
  it.each<[string, () => Buffer | null]>([
    ['is missing', () => null],
    ['is empty', () => Buffer.alloc(0)],
    ['is something else', () => Buffer.from('<html>not found</html>'.repeat(20_000))],
    ['is cut off', () => whole().subarray(0, 1_000_000)],
    ['has lost its beginning', () => whole().subarray(-200_000)],
  ])('prevents the start when it %s', (what, content) => {
    const path = join(directory, `${what}.mmdb`);
    const bytes = content();
    if (bytes) writeFileSync(path, bytes);
    expect(() => new GeoIp([path])).toThrow(UnusableGeoIpDatabase);
    expect(() => new GeoIp([path])).toThrow(
      /^the GeoIP database .* cannot be used \(.+\): set GEOIP_DATABASE/,
    );
  });
});
