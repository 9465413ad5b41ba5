import { BROWSERS } from '../../test/support/clients.js';
import { clientFamily, clientText, describedFamily, familyFromText, familyText } from './client-family.js';
import { describeUserAgent } from './describe-user-agent.js';

describe('a client family', () => {
  it.each([
    ['curl/8.5.0', { isBrowser: false, name: 'curl', system: null }],
    ['', { isBrowser: false, name: null, system: null }],
    ['Mozilla/5.0', { isBrowser: false, name: null, system: null }],
    ['p1x/1', { isBrowser: false, name: null, system: null }],
    ['p2x (Windows NT 10.0)', { isBrowser: false, name: null, system: null }],
    ['Mozilla/5.0 (X11; Linux x86_64) p3x/1', { isBrowser: false, name: null, system: null }],
    ['Dalvik/2.1.0 (Linux; U; Android 14)', { isBrowser: false, name: 'Dalvik', system: 'Android' }],
    [BROWSERS.chromeOnWindows, { isBrowser: true, name: 'Chrome', system: 'Windows' }],
    [BROWSERS.safariOnIpad, { isBrowser: true, name: 'Safari', system: 'iOS' }],
    [BROWSERS.firefoxOnLinux, { isBrowser: true, name: 'Firefox', system: 'Linux' }],
  ])('of %j contains no version and can be stored and parsed', (userAgent, family) => {
    expect(clientFamily(userAgent)).toEqual(family);
    expect(familyFromText(familyText(family))).toEqual(family);
  });

  it.each(Object.values(BROWSERS))(
    'is the same when derived from the stored description of %s',
    (userAgent) => {
      const { browser, system } = describeUserAgent(userAgent);
      expect(describedFamily(browser, system)).toEqual(clientFamily(userAgent));
    },
  );

  it('can be displayed', () => {
    expect(clientText(clientFamily(BROWSERS.chromeOnAndroid))).toBe('Chrome on Android');
    expect(clientText(clientFamily('node'))).toBe('node');
    expect(clientText(clientFamily(''))).toBeNull();
  });
});
