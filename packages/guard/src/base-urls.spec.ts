import { readBaseUrls } from './base-urls.js';

const read = (service: string | string[], allowInsecure = false) =>
  readBaseUrls(service, allowInsecure).map(({ href }) => href);

describe('readBaseUrls', () => {
  it('accepts one or several, and appends the slash that relative paths need', () => {
    expect(read('https://id.example.com')).toEqual(['https://id.example.com/']);
    expect(read(['https://a.example.com/auth', 'https://b.example.com/auth/'])).toEqual([
      'https://a.example.com/auth/',
      'https://b.example.com/auth/',
    ]);
  });

  it.each(['http://localhost:3000', 'http://id.localhost', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
    'accepts %s, which does not leave the machine',
    (url) => {
      expect(read(url)).toHaveLength(1);
    },
  );

  it.each(['http://id.example.com', 'http://10.0.0.1', 'http://127.0.0.1.example.com'])(
    'accepts %s only with allowInsecure',
    (url) => {
      expect(() => read(url)).toThrow(/would send the client secret unencrypted/);
      expect(read(url, true)).toHaveLength(1);
    },
  );

  it.each([
    ['id.example.com', 'is not a URL'],
    ['ftp://id.example.com', 'must start with https'],
    ['https://user:secret@id.example.com', 'neither credentials'],
    ['https://id.example.com/?a=b', 'neither credentials'],
    ['https://id.example.com/#a', 'neither credentials'],
  ])('refuses %s', (url, message) => {
    expect(() => read(url)).toThrow(message);
  });

  it('does not quote credentials in its error', () => {
    expect(() => read('https://user:secret@id.example.com')).not.toThrow(/secret/);
  });

  it('refuses an empty list', () => {
    expect(() => read([])).toThrow('at least one base URL');
  });
});
