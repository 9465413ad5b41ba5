import { BROWSERS } from '../../../test/support/clients.js';
import { clientFamily } from '../../user-agents/client-family.js';
import { clientChange } from './client-change.js';

type Browser = keyof typeof BROWSERS;
const change = (opened: Browser, now: Browser) =>
  clientChange([clientFamily(BROWSERS[opened])], clientFamily(BROWSERS[now]));

describe('clientChange', () => {
  it.each<[Browser, Browser]>([
    ['chromeOnAndroid', 'chromeOnAndroidAskingForDesktop'],
    ['safariOnIpad', 'safariOnIpadAskingForDesktop'],
    ['chromeOnIphone', 'chromeOnIphoneAskingForDesktop'],
    // Without its own name.
    ['chromeOnIphone', 'safariOnIpadAskingForDesktop'],
    ['firefoxOnIphone', 'safariOnIpadAskingForDesktop'],
  ])('sees one client in %s and %s, whichever comes first', (mobile, desktop) => {
    expect(change(mobile, desktop)).toBeNull();
    expect(change(desktop, mobile)).toBeNull();
  });

  it.each<[Browser, Browser]>([
    ['safariOnIpad', 'chromeOnIphone'],
    ['firefoxOnIphone', 'chromeOnIphoneAskingForDesktop'],
    ['chromeOnIphone', 'chromeOnWindows'],
    ['safariOnMac', 'chromeOnAndroid'],
    ['chromeOnAndroid', 'chromeOnWindows'],
    ['chromeOnAndroid', 'firefoxOnLinux'],
  ])('sees two clients in %s and %s', (one, other) => {
    expect(change(one, other)).toBe('client_changed');
    expect(change(other, one)).toBe('client_changed');
  });
});
