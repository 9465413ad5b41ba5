import { duration, orNone, redisUrl, serverUrl } from './readers.js';

describe('a duration', () => {
  const read = duration('0s', '3650d');

  it.each([
    ['0', 0],
    ['900', 900_000],
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['12h', 43_200_000],
    ['60d', 5_184_000_000],
  ])('%s is %d milliseconds', (text, milliseconds) => {
    expect(read(text)).toBe(milliseconds);
  });

  it.each(['', ' 1s', '1 s', '1.5h', '-1s', '+1s', '1e3', '1S', '1y', '1w', '1 day', '1h30m', '1234567890'])(
    'refuses %j',
    (text) => {
      expect(() => read(text)).toThrow('must be a duration such as 900, 500ms, 30s, 15m, 12h or 60d');
    },
  );

  it('refuses one outside its limits', () => {
    expect(() => duration('1s', '1h')('0')).toThrow('must be from 1s to 1h');
    expect(() => duration('1s', '1h')('61m')).toThrow('must be from 1s to 1h');
  });

  it('has no limit where none is allowed', () => {
    expect(orNone(read)('none')).toBe(Number.POSITIVE_INFINITY);
    expect(() => read('none')).toThrow(/must be a duration/);
  });
});

describe('a URL of Redis', () => {
  it.each([
    'redis://h',
    'rediss://user:a%40b@h:6399',
    'redis://:secret@h/',
    'redis://h:6399/15',
    'redis://[::1]:6379/0',
  ])('can be %s', (url) => {
    expect(redisUrl(url)).toBe(url);
  });

  it.each([
    ['http://h', 'must be a URL that starts with redis:// or rediss://'],
    ['redis://h:6399/abc', 'must have no path but the number of a database, such as /2'],
    ['redis://h/1.5', 'must have no path but'],
    ['redis://h/-1', 'must have no path but'],
    ['redis://h/0/1', 'must have no path but'],
    ['redis:///tmp/x.sock', 'must name a host: sockets of this machine are not supported'],
    ['redis://', 'must name a host'],
    ['redis://u:a%zz@h', 'has a % that is not followed by two hexadecimal digits: write %25'],
  ])('cannot be %s', (url, reason) => {
    expect(() => redisUrl(url)).toThrow(reason);
  });
});

describe('a URL of a mail server', () => {
  it('has escapes that can be decoded', () => {
    const read = serverUrl('smtp:', 'smtps:');
    expect(read('smtp://u:a%40b@h')).toBe('smtp://u:a%40b@h');
    expect(() => read('smtp://u:a%zz@h')).toThrow('has a % that is not followed by two hexadecimal digits');
  });
});
