import { isSafePath, opensPage, signInLocation } from './sign-in-redirect.js';

const PAGE = 'https://id.example.com/account';
const forwarded = { proto: 'https', host: 'id.example.com', uri: '/reports?year=2026&q=a%20b' };

describe('opensPage', () => {
  it.each([
    ['GET', 'navigate', true],
    ['POST', 'navigate', false],
    ['HEAD', 'navigate', false],
    ['GET', 'cors', false],
    ['GET', 'no-cors', false],
    ['GET', undefined, false],
  ])('for %s with mode %s is %s', (method, mode, expected) => {
    expect(opensPage(method, mode)).toBe(expected);
  });
});

describe('signInLocation', () => {
  it('returns to the requested path on the origin of the page', () => {
    expect(signInLocation(PAGE, forwarded)).toBe(`${PAGE}?return_to=${encodeURIComponent(forwarded.uri)}`);
    expect(signInLocation(PAGE, { ...forwarded, host: 'id.example.com:443' })).toContain('return_to');
  });

  it.each([
    ['nothing is forwarded', null],
    ['the host is another one', { ...forwarded, host: 'app.example.com' }],
    ['the port is another one', { ...forwarded, host: 'id.example.com:8443' }],
    ['the protocol is another one', { ...forwarded, proto: 'http' }],
    ['the protocol is a script', { ...forwarded, proto: 'javascript' }],
    ['the host has a user', { ...forwarded, host: 'id.example.com@evil.example' }],
    ['the host has a path', { ...forwarded, host: 'id.example.com/..' }],
    ['the host is a list', { ...forwarded, host: 'id.example.com, evil.example' }],
    ['the host is empty', { ...forwarded, host: '' }],
    ['the path names a host', { ...forwarded, uri: '//evil.example' }],
  ])('is the page alone if %s', (_, request) => {
    expect(signInLocation(PAGE, request)).toBe(PAGE);
  });
});

describe('isSafePath', () => {
  it.each(['/', '/a', '/a?b=//c', '/a/../b', '/a#b', '/:x', '/@x', '/%2F%2Fevil.example'])(
    'accepts %j, which stays on the same origin',
    (path) => {
      expect(isSafePath(path)).toBe(true);
      expect(new URL(path, PAGE).origin).toBe(new URL(PAGE).origin);
    },
  );

  it.each([
    '',
    'a',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/a b',
    '/ä',
    '/a\\b',
    `/${'a'.repeat(2_048)}`,
  ])('refuses %j', (path) => {
    expect(isSafePath(path)).toBe(false);
  });
});
