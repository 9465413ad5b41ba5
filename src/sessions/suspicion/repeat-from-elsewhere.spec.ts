import { BROWSERS } from '../../../test/support/clients.js';
import { clientFamily, familyText } from '../../user-agents/client-family.js';
import { isFromElsewhere, repeatText } from './repeat-from-elsewhere.js';

const by = (address: string | null, userAgent: string | null) => ({
  address,
  client: userAgent === null ? null : familyText(clientFamily(userAgent)),
});
const CHROME = BROWSERS.chromeOnWindows;

describe('isFromElsewhere', () => {
  it.each([
    ['the same client', '192.0.2.1', CHROME],
    ['an updated browser', '192.0.2.1', BROWSERS.newerChromeOnWindows],
    ['the same address, as a dual-stack socket reports it', '::ffff:192.0.2.1', CHROME],
  ])('is false for %s', (_what, address, userAgent) => {
    expect(isFromElsewhere(by('192.0.2.1', CHROME), { address, userAgent })).toBe(false);
  });

  it('is false for another address in the /64 of one subscriber', () => {
    const client = { address: '2001:db8::ffff', userAgent: CHROME };
    expect(isFromElsewhere(by('2001:db8::1', CHROME), client)).toBe(false);
  });

  it.each([
    ['another network', '192.0.2.2', CHROME],
    ['another browser', '192.0.2.1', BROWSERS.firefoxOnWindows],
    ['a program', '192.0.2.1', 'curl/8.5.0'],
  ])('is true for %s', (_what, address, userAgent) => {
    expect(isFromElsewhere(by('192.0.2.1', CHROME), { address, userAgent })).toBe(true);
  });

  it('is false for another library of one app', () => {
    const client = { address: '192.0.2.1', userAgent: 'okhttp/4.12.0' };
    expect(isFromElsewhere(by('192.0.2.1', 'MyApp/3'), client)).toBe(false);
  });

  it('is false if the client that rotated was not recorded', () => {
    expect(isFromElsewhere(by(null, null), { address: '192.0.2.1', userAgent: CHROME })).toBe(false);
  });
});

describe('repeatText', () => {
  it('is the same for all clients of one kind in one network', () => {
    expect(repeatText({ address: '2001:db8::1', userAgent: CHROME })).toBe(
      repeatText({ address: '2001:db8::2', userAgent: BROWSERS.newerChromeOnWindows }),
    );
    expect(repeatText({ address: '192.0.2.1', userAgent: CHROME })).toBe('192.0.2.1 browser:Chrome:Windows');
  });
});
