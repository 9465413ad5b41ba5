import { clientAddress } from './client-address.js';

describe('clientAddress', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['2001:DB8:0:0::7', '2001:db8::7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[::ffff:203.0.113.7]:443', '203.0.113.7'],
  ])('normalizes %s to %s', (claimed, address) => {
    expect(clientAddress(claimed, '198.51.100.1')).toBe(address);
    expect(clientAddress(claimed, '198.51.100.1')).toBe(address);
  });

  it.each([
    '',
    'unknown',
    '_hidden',
    '1.2.3',
    '0x7f.0.0.1',
    '01.2.3.4',
    "'; --",
    '203.0.113.7, 10.0.0.1',
    '203.0.113.7:port',
    '203.0.113.7:123456',
    '[203.0.113.7',
    `${':'.repeat(1_000)}1`,
  ])('falls back to the peer of the connection if a proxy reports "%s"', (claimed) => {
    expect(clientAddress(claimed, '198.51.100.1')).toBe('198.51.100.1');
  });

  it('is the unspecified address after the connection is gone', () => {
    expect(clientAddress('', undefined)).toBe('0.0.0.0');
  });
});
