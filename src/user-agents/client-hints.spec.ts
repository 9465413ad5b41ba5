import fc from 'fast-check';
import { BROWSERS } from '../../test/support/clients.js';
import { clientChange } from '../sessions/suspicion/client-change.js';
import { clientFamily, describedFamily } from './client-family.js';
import { clientHints } from './client-hints.js';
import { describeUserAgent } from './describe-user-agent.js';

const hintsOf = (platform: string, version: string, model = '') =>
  clientHints({
    'sec-ch-ua-platform': `"${platform}"`,
    'sec-ch-ua-platform-version': `"${version}"`,
    'sec-ch-ua-model': `"${model}"`,
  });
const TOUCH = clientHints({ 'latchkey-touch-points': '5' });

describe('client hints', () => {
  it.each([
    ['Chrome on Windows', 'Windows 11', BROWSERS.chromeOnWindows, hintsOf('Windows', '15.0.0')],
    ['Chrome on Windows', 'Windows 10', BROWSERS.chromeOnWindows, hintsOf('Windows', '10.0.0')],
    ['Chrome on Windows', 'Windows', BROWSERS.chromeOnWindows, hintsOf('Windows', '0.3.0')],
    ['Chrome on Pixel 8', 'Android 14', BROWSERS.chromeOnAndroid, hintsOf('Android', '14.0.0', 'Pixel 8')],
    ['Chrome on Android', 'Android 14', BROWSERS.chromeOnAndroid, hintsOf('Android', '14.0.0', 'Evil <b>')],
    ['Safari on iPad', 'iOS', BROWSERS.safariOnIpadAskingForDesktop, TOUCH],
  ])('name %s with %s', (name, system, userAgent, hints) => {
    expect(describeUserAgent(userAgent, hints)).toMatchObject({ name, system });
  });

  it('name the version of macOS that the header hides', () => {
    const userAgent = BROWSERS.chromeOnWindows.replace(
      'Windows NT 10.0; Win64; x64',
      'Macintosh; Intel Mac OS X 10_15_7',
    );
    expect(describeUserAgent(userAgent, hintsOf('macOS', '14.5.0')).system).toBe('macOS 14.5');
  });

  it.each([
    ['another system', BROWSERS.chromeOnWindows, hintsOf('Android', '14.0.0', 'Pixel 8')],
    ['no system', BROWSERS.chromeOnAndroid, clientHints({ 'sec-ch-ua-model': '"Pixel 8"' })],
    ['a program', 'curl/8.5.0', hintsOf('Android', '14.0.0', 'Pixel 8')],
    ['a touch screen of a Windows computer', BROWSERS.chromeOnWindows, TOUCH],
  ])('are ignored if they are about %s', (_, userAgent, hints) => {
    expect(describeUserAgent(userAgent, hints)).toEqual(describeUserAgent(userAgent));
  });

  it('count as absent unless they are short, quoted, printable text', () => {
    const absent = { model: null, platform: null, platformVersion: null, hasTouch: false };
    for (const value of [
      '',
      'Pixel',
      '"',
      '""',
      '"a"b"',
      '"a\\"b"',
      `"${'x'.repeat(41)}"`,
      '"ä"',
      '"\u0000"',
      ['"a"', '"b"'],
    ])
      expect(clientHints({ 'sec-ch-ua-model': value })).toEqual(absent);
    for (const value of ['', '0', '1', '-5', '1e9', '100', 'true', ['5', '5']])
      expect(clientHints({ 'latchkey-touch-points': value })).toEqual(absent);
  });

  it.each(Object.entries(BROWSERS))('make no other client of %s, whatever they are', (_, userAgent) => {
    const text = fc.oneof(
      fc.constantFrom('Windows', 'macOS', 'Android', 'iOS', '14.0.0', '0', 'Pixel 8'),
      fc.string(),
    );
    const hints = fc.record({ model: text, platform: text, platformVersion: text, hasTouch: fc.boolean() });
    fc.assert(
      fc.property(hints, (some) => {
        const { browser, system, name, model } = describeUserAgent(userAgent, some);
        expect([name, system ?? '', model ?? ''].join('')).toMatch(/^[\x20-\x7e]{1,160}$/);
        expect(clientChange([describedFamily(browser, system)], clientFamily(userAgent))).toBeNull();
      }),
      { numRuns: 60 },
    );
  });
});
