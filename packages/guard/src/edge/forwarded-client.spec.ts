import { forwardedClient } from './forwarded-client.js';

describe('forwardedClient', () => {
  it.each<[string | string[] | undefined, number, string | undefined]>([
    ['192.0.2.1', 1, '192.0.2.1'],
    ['6.6.6.6, 192.0.2.1', 1, '192.0.2.1'],
    ['6.6.6.6, 192.0.2.1, 10.0.0.1', 2, '192.0.2.1'],
    [['6.6.6.6', '192.0.2.1'], 1, '192.0.2.1'],
    ['2001:db8::1', 1, '2001:db8::1'],
    ['[2001:db8::1]:4711', 1, '2001:db8::1'],
    ['192.0.2.1:4711', 1, '192.0.2.1'],
    ['192.0.2.1', 2, undefined],
    ['192.0.2.1', 0, undefined],
    ['unknown', 1, undefined],
    ['6.6.6.6, <script>', 1, undefined],
    ['', 1, undefined],
    [undefined, 1, undefined],
  ])('reads %j with %i trusted proxies as %s', (header, hops, address) => {
    expect(forwardedClient({ 'x-forwarded-for': header }, hops)).toEqual(address ? { address } : {});
  });

  it('leaves out an empty user agent', () => {
    expect(forwardedClient({ 'user-agent': '' }, 1)).toEqual({});
    expect(forwardedClient({ 'user-agent': 'phone/1' }, 1)).toEqual({ userAgent: 'phone/1' });
  });
});
