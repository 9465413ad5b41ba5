const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const APPLE_WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

/** `User-Agent` headers of real browsers. */
export const BROWSERS = {
  chromeOnWindows: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36`,
  newerChromeOnWindows: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`,
  chromeOnAndroid: `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36`,
  chromeOnAndroidAskingForDesktop: `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36`,
  firefoxOnWindows: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
  firefoxOnLinux: 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
  safariOnIpad: `Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) ${APPLE_WEBKIT} Version/18.6 Mobile/15E148 Safari/604.1`,
  safariOnIpadAskingForDesktop: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${APPLE_WEBKIT} Version/18.6 Safari/605.1.15`,
  chromeOnIphone: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${APPLE_WEBKIT} CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1`,
  chromeOnIphoneAskingForDesktop: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${APPLE_WEBKIT} CriOS/140 Version/18.6 Safari/605.1.15`,
  firefoxOnIphone: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${APPLE_WEBKIT} FxiOS/143.0 Mobile/15E148 Safari/605.1.15`,
  safariOnMac: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${APPLE_WEBKIT} Version/26.0 Safari/605.1.15`,
} as const;

/** Addresses of universities, whose location does not change. */
export const ADDRESSES = {
  bremen: '134.102.20.20',
  tokyo: '133.11.0.1',
  stanford: '171.64.0.1',
  massachusetts: '18.7.0.1',
} as const;

/** The headers that a trusted proxy forwards for a client. */
export function clientHeaders(
  browser: keyof typeof BROWSERS,
  address: keyof typeof ADDRESSES,
): Record<string, string> {
  return { 'user-agent': BROWSERS[browser], 'x-forwarded-for': ADDRESSES[address] };
}
