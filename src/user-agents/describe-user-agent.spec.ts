import fc from 'fast-check';
import { describeUserAgent } from './describe-user-agent.js';
import { DEVICE_KINDS } from './device-kind.js';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const SAFARI = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

function expectSafe(userAgent: string): void {
  const { name, kind, browser, system, brand, model } = describeUserAgent(userAgent);
  for (const text of [name, browser ?? 'none', system ?? 'none', brand ?? 'none', model ?? 'none'])
    expect(text).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,63}$/);
  expect(DEVICE_KINDS).toContain(kind);
}

describe('describeUserAgent', () => {
  it.each([
    [
      'Chrome on Windows',
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`,
      { kind: 'desktop', browser: 'Chrome 126', system: 'Windows' },
    ],
    [
      'Edge on Windows',
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.87`,
      { kind: 'desktop', browser: 'Edge 126', system: 'Windows' },
    ],
    [
      'Internet Explorer on Windows',
      'Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko',
      { kind: 'desktop', browser: 'Internet Explorer 11', system: 'Windows 7' },
    ],
    [
      'Safari on macOS',
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) ${SAFARI} Version/17.5 Safari/605.1.15`,
      { kind: 'desktop', browser: 'Safari 17', system: 'macOS 14.5' },
    ],
    [
      'Chrome on macOS',
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`,
      { kind: 'desktop', browser: 'Chrome 126', system: 'macOS' },
    ],
    [
      'Firefox on Linux',
      'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
      { kind: 'desktop', browser: 'Firefox 128', system: 'Linux' },
    ],
    [
      'Chrome on Chrome OS',
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`,
      { kind: 'desktop', browser: 'Chrome 126', system: 'Chrome OS' },
    ],
    [
      'Safari on iPhone',
      `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) ${SAFARI} Version/17.5 Mobile/15E148 Safari/604.1`,
      { kind: 'mobile', browser: 'Safari 17', system: 'iOS 17.5' },
    ],
    [
      'Safari on iPad',
      `Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) ${SAFARI} Version/16.6 Mobile/15E148 Safari/604.1`,
      { kind: 'tablet', browser: 'Safari 16', system: 'iOS 16.6' },
    ],
    [
      'Chrome on Pixel 8',
      `Mozilla/5.0 (Linux; Android 14; Pixel 8) ${WEBKIT} Chrome/126.0.6478.122 Mobile Safari/537.36`,
      { kind: 'mobile', browser: 'Chrome 126', system: 'Android 14' },
    ],
    [
      'Chrome on Android',
      `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36`,
      { kind: 'mobile', browser: 'Chrome 126', system: 'Android' },
    ],
    [
      'Samsung Internet on Galaxy Tab',
      `Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-X910) ${WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Safari/537.36`,
      { kind: 'tablet', browser: 'Samsung Internet 25', system: 'Android 14' },
    ],
    [
      'Samsung TV',
      `Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) ${WEBKIT} SamsungBrowser/3.2 Chrome/76.0.3809.146 TV Safari/537.36`,
      { kind: 'tv', browser: 'Samsung Internet 3', system: 'Tizen 6.0' },
    ],
    [
      'Samsung TV',
      `Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) ${WEBKIT} 76.0.3809.146/6.0 TV Safari/537.36`,
      { kind: 'tv', browser: 'Tizen', system: 'Tizen 6.0' },
    ],
    [
      'Fire TV',
      `Mozilla/5.0 (Linux; Android 7.1.2; AFTMM Build/NS6265; wv) ${WEBKIT} Version/4.0 Chrome/70.0.3538.110 Mobile Safari/537.36`,
      { kind: 'tv', browser: 'Chrome 70', system: 'Android 7.1' },
    ],
    ['curl', 'curl/8.5.0', { kind: 'script', browser: 'curl 8', system: null }],
    ['App (okhttp)', 'okhttp/4.12.0', { kind: 'app', browser: 'okhttp 4', system: null }],
    ['node', 'node', { kind: 'script', browser: 'node', system: null }],
    [
      'python-requests',
      'python-requests/2.32.3',
      { kind: 'script', browser: 'python-requests 2', system: null },
    ],
    [
      'MyBank',
      'MyBank/3.2 CFNetwork/1496.0.7 Darwin/23.5.0',
      { kind: 'app', browser: 'MyBank 3', system: null },
    ],
    [
      'Android app on Pixel 8',
      'Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/AP2A)',
      { kind: 'mobile', browser: 'Dalvik 2', system: 'Android 14' },
    ],
    [
      'Streamer on iPhone',
      'Streamer/15.48.1 (iOS 17.5; iPhone14,2)',
      { kind: 'mobile', browser: 'Streamer 15', system: 'iOS' },
    ],
    ['Apple TV', 'AppleTV11,1/11.1', { kind: 'tv', browser: 'AppleTV11', system: null }],
  ])('returns %s for %s', (name, userAgent, description) => {
    expect(describeUserAgent(userAgent)).toMatchObject({ name, ...description });
  });

  it.each([
    '',
    '   ',
    'Mozilla/5.0',
    '<script>alert(1)</script>',
    '"',
    '/',
    '\u001b[31mred',
    '\r\nX-Evil: 1',
    '\0',
    'ÄÖÜ/1',
  ])('returns an unknown device for %j', (userAgent) => {
    expect(describeUserAgent(userAgent)).toEqual({
      name: 'Unknown device',
      kind: 'other',
      browser: null,
      system: null,
      brand: null,
      model: null,
    });
  });

  it.each([
    ['an escape code', 'curl/8\u001b[31m'],
    ['controls', 'Mozilla/5.0 (\u0000\r\n\u202e) Evil\u0007/1'],
    ['markup', 'Mozilla/5.0 <b>Chrome</b>/1"\''],
    ['a property of every object', 'constructor/1'],
    ['the prototype of an object', '__proto__/1'],
    ['a long token', 'x'.repeat(10_000)],
    ['a long version of a program', `curl/${'9'.repeat(500)}`],
    ['a long version of a browser', `Mozilla/5.0 Chrome/${'1'.repeat(480)}`],
    ['a long version of a system', `Mozilla/5.0 (Macintosh; Intel Mac OS X ${'1'.repeat(480)}`],
  ])('returns nothing unsafe or long for %s', (_, userAgent) => {
    expectSafe(userAgent);
  });

  it('returns short, printable text for any input', () => {
    const pieces = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        'Mozilla/5.0 ',
        'Opera/9 ',
        'Chrome/',
        'Android ',
        '(iPhone; ',
        'Linux; Android 14; ',
        'moto g(8) ',
        'SM-S9',
        ' Build/',
        'Version/',
        '1_2.3',
        ';',
        ')',
        '/',
      ),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => expectSafe(parts.join(''))),
      { numRuns: 200 },
    );
  });

  it.each([
    '1',
    '1.',
    '1_',
    ' ',
    '(',
    'Mac OS X ',
    'Android ',
    'Version/',
    'opr/',
    'a1',
    ';',
    'Windows Phone ',
    'Android 14; (1)',
    '; KFA',
    'Redmi Note 9 Pro ',
  ])('takes less than 10 ms for a header full of %j', (piece) => {
    const filled = piece.repeat(512);
    const times = ['', 'Mozilla/5.0 ', 'Mozilla/5.0 (Macintosh; Mac OS X ', 'Mozilla/5.0 Android '].flatMap(
      (start) =>
        [1, 2, 3].map(() => {
          const began = performance.now();
          describeUserAgent(`${start}${filled}`.slice(0, 511).concat('!'));
          return performance.now() - began;
        }),
    );
    expect(times.sort((a, b) => a - b)[6]).toBeLessThan(10);
  });
});
