import { whyCookiesAreLost } from './lost-cookies.js';

describe('cookies', () => {
  it.each([
    ['on its own site', { fetchSite: 'same-origin', origin: 'https://id.example.com' }, true],
    ['on a sibling domain', { fetchSite: 'same-site', origin: 'https://app.example.com' }, true],
    ['in an older browser', { fetchSite: undefined, origin: 'https://id.example.com' }, true],
    ['without an origin', { fetchSite: 'none', origin: undefined }, true],
    ['of an app in a web view', { fetchSite: undefined, origin: 'capacitor://localhost' }, true],
    ['with an opaque origin', { fetchSite: undefined, origin: 'null' }, true],
    ['on localhost', { fetchSite: undefined, origin: 'http://localhost:3000' }, true],
    ['on a name below localhost', { fetchSite: undefined, origin: 'http://id.localhost:3000' }, true],
    ['on IPv6 loopback', { fetchSite: undefined, origin: 'http://[::1]:3000' }, true],
    ['that are not Secure, over plain HTTP', { fetchSite: undefined, origin: 'http://id.lan' }, false],
  ])('may be kept by a page %s', (_, headers, isSecure) => {
    expect(whyCookiesAreLost(headers, isSecure)).toBeNull();
  });

  it.each([
    ['on another site', { fetchSite: 'cross-site', origin: 'https://app.example' }, false, /same site/],
    ['over plain HTTP on a network name', { fetchSite: undefined, origin: 'http://id.lan' }, true, /HTTPS/],
    [
      'over plain HTTP on an address',
      { fetchSite: undefined, origin: 'http://10.0.0.2:3000' },
      true,
      /HTTPS/,
    ],
  ])('are lost by a page %s', (_, headers, isSecure, reason) => {
    expect(whyCookiesAreLost(headers, isSecure)).toMatch(reason);
  });
});
