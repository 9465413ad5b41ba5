import { BounceAddresses } from './bounce-addresses.js';

const SECRET = Buffer.alloc(32, 'a');
const ADA = { userId: '019af0e1-0000-7000-8000-000000000001', email: 'ada@example.org' };
const OTHER_ID = '019af0e1-0000-7000-8000-000000000002';

describe('BounceAddresses', () => {
  const addresses = new BounceAddresses(SECRET, 'mail-bounces_01@example.com');

  it('has an address for each user, with a local part that is not too long', () => {
    const address = addresses.of(ADA);
    expect(address).toMatch(/^mail-bounces_01\+019af0e1000070008000000000000001[0-9a-f]{16}@example\.com$/);
    expect(address.indexOf('@')).toBe(64);
    expect(addresses.of(ADA)).toBe(address);
    expect(addresses.userIdIn(address)).toBe(ADA.userId.replaceAll('-', ''));
    expect(addresses.isOf(address, ADA)).toBe(true);
    expect(addresses.isOf(address.toUpperCase(), ADA)).toBe(true);
  });

  it('does not take an address for that of another user, another address, or another secret', () => {
    const address = addresses.of(ADA);
    expect(addresses.isOf(address, { ...ADA, userId: OTHER_ID })).toBe(false);
    expect(addresses.isOf(address, { ...ADA, email: 'ada@example.net' })).toBe(false);
    const other = new BounceAddresses(Buffer.alloc(32, 'b'), 'bounces@example.com');
    expect(addresses.isOf(other.of(ADA), ADA)).toBe(false);
    const otherId = address.replace('0001', '0002');
    expect(addresses.isOf(otherId, { ...ADA, userId: OTHER_ID })).toBe(false);
  });

  it.each(['bounces@example.com', 'ada@example.org', '', 'bounces+019af0e1@example.com'])(
    'finds no user in "%s"',
    (address) => {
      expect(addresses.userIdIn(address)).toBeNull();
      expect(addresses.isOf(address, ADA)).toBe(false);
    },
  );
});
