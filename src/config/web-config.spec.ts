import { testConfig } from '../../test/support/test-config.js';

const web = (env: Record<string, string>) => testConfig('postgres://unused/x', env).web;

describe('the settings for browsers', () => {
  it.each([
    ['https://id.example.com', true],
    ['http://localhost:3000', false],
    ['http://127.0.0.1:8080', false],
    ['http://[::1]:8080', false],
    // A browser then stores no cookie at all, which is better than sending it in the clear.
    ['http://intranet', true],
  ])('at %s make cookies Secure: %s', (origin, secureCookies) => {
    expect(web({ LATCHKEY_ORIGIN: origin })).toMatchObject({ origin, secureCookies });
  });

  it.each([
    '*',
    'null',
    'example.com',
    'https://example.com/',
    'https://example.com/app',
    'https://example.com?x',
    'https://example.com:443',
    'https://Example.com',
    'https://user@example.com',
    'https://*.example.com',
    'ftp://example.com',
    'https://a.example,,https://b.example',
    'https://a.example https://b.example',
  ])('refuse %s as an origin', (text) => {
    expect(() => web({ CORS_ORIGINS: text })).toThrow(/CORS_ORIGINS must be an origin/);
    expect(() => web({ CORS_ORIGINS: `https://a.example,${text}` })).toThrow(/CORS_ORIGINS/);
    expect(() => web({ LATCHKEY_ORIGIN: text })).toThrow(/LATCHKEY_ORIGIN must be an origin/);
  });

  it('accept a list of CORS origins, or none', () => {
    expect(web({ CORS_ORIGINS: 'https://a.example, http://localhost:5173' }).corsOrigins).toEqual([
      'https://a.example',
      'http://localhost:5173',
    ]);
    expect(web({}).corsOrigins).toEqual([]);
  });

  it.each(['capacitor://localhost', 'tauri://localhost', 'chrome-extension://abcdefghijklmnop'])(
    'accept %s, the origin of an app in a web view or of an extension, for CORS only',
    (text) => {
      expect(web({ CORS_ORIGINS: text }).corsOrigins).toEqual([text]);
      expect(() => web({ LATCHKEY_ORIGIN: text })).toThrow(/LATCHKEY_ORIGIN must be an origin/);
    },
  );
});
