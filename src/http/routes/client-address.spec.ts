import { clientAddress } from './client-address.js';

describe('the address of a client', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('is %s as %s', (claimed, address) => {
    expect(clientAddress(claimed, '198.51.100.1')).toBe(address);
  });

  it.each(['', 'unknown', '203.0.113.7:4711', '_hidden', '1.2.3', "'; --", '203.0.113.7, 10.0.0.1'])(
    'is that of the connection when a proxy says "%s"',
    (claimed) => {
      expect(clientAddress(claimed, '198.51.100.1')).toBe('198.51.100.1');
    },
  );

  it('is the unspecified one when the connection is gone', () => {
    expect(clientAddress('', undefined)).toBe('0.0.0.0');
  });
});
