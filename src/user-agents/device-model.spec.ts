import { describeUserAgent } from './describe-user-agent.js';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const APPLE_WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const android = (model: string, version = '14') =>
  `Mozilla/5.0 (Linux; Android ${version}; ${model}) ${WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36`;

describe('the model of a device', () => {
  it.each([
    [
      'PlayStation 5',
      'Sony',
      'console',
      `Mozilla/5.0 (PlayStation; PlayStation 5/2.26) ${APPLE_WEBKIT} Version/13.0 Safari/605.1.15`,
    ],
    ['PlayStation 4', 'Sony', 'console', `Mozilla/5.0 (PlayStation 4 11.00) ${APPLE_WEBKIT}`],
    ['PlayStation 3', 'Sony', 'console', 'Mozilla/5.0 (PLAYSTATION 3; 3.55)'],
    [
      'Xbox Series X',
      'Microsoft',
      'console',
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) ${WEBKIT} Chrome/48.0.2564.82 Safari/537.36 Edge/20.02`,
    ],
    [
      'Xbox',
      'Microsoft',
      'console',
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox) ${WEBKIT} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0`,
    ],
    [
      'Nintendo Switch',
      'Nintendo',
      'console',
      'Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/606.4 (KHTML, like Gecko) NF/6.0.1.15.4 NintendoBrowser/5.1.0.20393',
    ],
    [
      'Kindle',
      'Amazon',
      'reader',
      'Mozilla/5.0 (X11; U; Linux armv7l like Android; en-us) AppleWebKit/531.2+ (KHTML, like Gecko) Version/5.0 Safari/533.2+ Kindle/3.0+',
    ],
    [
      'Kindle',
      'Amazon',
      'reader',
      'Mozilla/5.0 (Linux; U; en-US) AppleWebKit/528.5+ (KHTML, like Gecko, Safari/528.5+) Version/4.0 Kindle/3.0 (screen 600x800; rotate)',
    ],
    [
      'LG TV',
      'LG',
      'tv',
      `Mozilla/5.0 (Web0S; Linux/SmartTV) ${WEBKIT} Chrome/79.0.3945.79 Safari/537.36 WebAppManager`,
    ],
    [
      'Sony TV',
      'Sony',
      'tv',
      `Mozilla/5.0 (Linux; Android 9; BRAVIA 4K UR2 Build/PTT1.190515.001.S52) ${WEBKIT} Chrome/86.0 Safari/537.36`,
    ],
    ['Roku', 'Roku', 'tv', 'Roku/DVP-9.10 (519.10E04111A)'],
  ])('%s is the name of the device (%s, %s)', (model, brand, kind, userAgent) => {
    expect(describeUserAgent(userAgent)).toMatchObject({ name: model, model, brand, kind });
  });

  it.each([
    [
      'Chrome on Pixel 8 Pro',
      'Google',
      `Mozilla/5.0 (Linux; Android 14; Pixel 8 Pro Build/UD1A.230803.041; wv) ${WEBKIT} Version/4.0 Chrome/120.0 Mobile Safari/537.36`,
    ],
    ['Chrome on Pixel 7a', 'Google', android('Pixel 7a')],
    ['Chrome on Galaxy S24', 'Samsung', android('SM-S921B')],
    ['Chrome on Galaxy S23 Ultra', 'Samsung', android('SAMSUNG SM-S918U1', '13')],
    ['Chrome on Galaxy A54', 'Samsung', android('SM-A546B')],
    ['Chrome on Galaxy Z Fold', 'Samsung', android('SM-F956B')],
    ['Chrome on Samsung SM-G973F', 'Samsung', android('SM-G973F', '12')],
    ['Chrome on Redmi Note 9 Pro', 'Xiaomi', android('Redmi Note 9 Pro', '11')],
    ['Chrome on Xiaomi 2201117TY', 'Xiaomi', android('2201117TY', '13')],
    ['Chrome on moto g(8) power', 'Motorola', android('moto g(8) power', '10')],
    ['Chrome on moto g power (2022)', 'Motorola', android('moto g power (2022)', '12')],
    ['Chrome on OnePlus KB2003', 'OnePlus', android('KB2003', '13')],
    ['Chrome on OPPO CPH2113', 'OPPO', android('CPH2113', '12')],
    ['Chrome on Huawei LYA-L29', 'Huawei', android('LYA-L29', '10')],
    ['Chrome on Fairphone 5', 'Fairphone', android('FP5')],
    ['Android app on Pixel 8', 'Google', 'Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/AP2A)'],
    ['Streamer on iPhone', 'Apple', 'Streamer/15.48.1 (iOS 17.5; iPhone14,2)'],
    ['Kindle on iPhone', 'Apple', 'Kindle/7.12 (iPhone; iOS 17.5)'],
  ])('makes the name %s (%s)', (name, brand, userAgent) => {
    expect(describeUserAgent(userAgent)).toMatchObject({ name, brand, kind: 'mobile' });
  });

  it.each([
    [
      'Amazon Silk on Fire tablet',
      'Amazon',
      `Mozilla/5.0 (Linux; Android 9; KFMAWI) ${WEBKIT} Silk/108.4.6 like Chrome/108.0.5359.220 Safari/537.36`,
    ],
    [
      'Safari on iPad',
      'Apple',
      `Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) ${APPLE_WEBKIT} Version/16.6 Mobile/15E148 Safari/604.1`,
    ],
  ])('makes the name %s of a tablet (%s)', (name, brand, userAgent) => {
    expect(describeUserAgent(userAgent)).toMatchObject({ name, brand, kind: 'tablet' });
  });

  it.each([
    'Click evil.example',
    'call 0900 1234567',
    'Pixel 8 of your bank',
    'Pixel 8"><b>',
    'moto',
    'SM-',
    'K',
    `Redmi ${'Pro '.repeat(9)}`,
  ])('is not taken from a text that no manufacturer uses: %j', (model) => {
    expect(describeUserAgent(android(model))).toMatchObject({
      name: 'Chrome on Android',
      brand: null,
      model: null,
    });
  });

  it.each([
    ['script', 'curl/8.5.0'],
    ['script', 'python-requests/2.32.3'],
    ['app', 'okhttp/4.12.0'],
    ['app', 'MyBank/3.2 CFNetwork/1496.0.7 Darwin/23.5.0'],
    ['app', 'Bank/7 (build 12) okhttp/4.12.0'],
    ['other', 'MyBank/3.2'],
  ])('is unknown for the %s %s', (kind, userAgent) => {
    expect(describeUserAgent(userAgent)).toMatchObject({ kind, model: null });
  });
});
