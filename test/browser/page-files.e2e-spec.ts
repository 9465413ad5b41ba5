import { LANGUAGES, type LanguageTag } from '../../src/languages/languages.js';
import { type RunningApp, startApp } from '../support/app.js';

describe('the files of the account page', () => {
  let service: RunningApp;
  let assets: string[];

  beforeAll(async () => {
    service = await startApp();
    const { text } = await service.api.call('GET', '/account');
    assets = [...text.matchAll(/"(\/account\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
  });
  afterAll(() => service?.close());

  it.each([
    '/account',
    '/account/change-password',
    '/account/confirm-email',
    '/account/forgot-password',
    '/account/reset-password',
    '/account/disown',
  ])('include a public document at %s that is not cached and allows no inline code', async (path) => {
    const { status, headers, text } = await service.api.call('GET', path);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    const policy = headers.get('content-security-policy') ?? '';
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "img-src 'self'",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      expect(policy.split('; ')).toContain(rule);
    }
    expect(policy).not.toContain('unsafe');
    expect(text).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]* src=)/);
  });

  it('include immutable assets whose names contain a content hash', async () => {
    expect(assets).toHaveLength(3);
    for (const path of assets) {
      expect(path).toMatch(/^\/account\/assets\/[\w-]+-[A-Z0-9]{8}\.(css|js|svg)$/);
      const { status, headers } = await service.api.call('GET', path);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('content-type')).toMatch(
        /^(text\/(css|javascript); charset=utf-8|image\/svg\+xml)$/,
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('are compressed for clients that accept it', async () => {
    const get = (path: string, encoding: string) =>
      service.api.call('GET', path, { headers: { 'accept-encoding': encoding } });
    const codings: [string | null, string[]][] = [
      [null, ['gzip;q=0', 'br;q=0, gzip;q=0.0', 'deflate', 'identity']],
      ['gzip', ['gzip, deflate', 'br;q=0, GZIP;q=0.5', 'gzip;q=0.01', 'x-br, gzip']],
      ['br', ['gzip, deflate, br, zstd', 'br;q=0.9, gzip;q=0', 'BR', '*']],
    ];
    for (const path of ['/account', ...assets]) {
      const plain = await get(path, 'identity');
      for (const [coding, accepted] of codings.flatMap(([coding, all]) =>
        all.map((it) => [coding, it] as const),
      )) {
        const { headers, text } = await get(path, accepted);
        expect([accepted, headers.get('content-encoding')]).toEqual([accepted, coding]);
        expect(headers.get('vary')).toMatch(/accept-encoding/i);
        expect(text).toBe(plain.text);
      }
    }
  });

  const documentIn = (language: string, path = '/account', cookie = '') =>
    service.api.call('GET', path, { headers: { 'accept-language': language, cookie } });

  it.each([
    ['de-AT,de;q=0.9,en;q=0.8', '', 'de'],
    ['fr', '', 'en'],
    ['de', 'latchkey_language=en', 'en'],
    ['en', 'latchkey_language=de', 'de'],
    ['de', 'latchkey_language=xx', 'de'],
    ['en', 'latchkey_language=%22%3E', 'en'],
  ])(
    'are in the language that a visitor asks for with %j and the cookie %j',
    async (accepted, cookie, tag) => {
      const { headers, text } = await documentIn(accepted, '/account', cookie);
      expect(text).toContain(`<html lang="${tag}" dir="ltr">`);
      expect(text).toContain(LANGUAGES[tag as LanguageTag].placeholder.loading);
      expect(headers.get('content-language')).toBe(tag);
      expect(headers.get('vary')?.split(', ').sort()).toEqual([
        'accept-encoding',
        'accept-language',
        'cookie',
      ]);
    },
  );

  it('show something before the script has run', async () => {
    const { text } = await service.api.call('GET', '/account');
    expect(text).toMatch(/<main[\s\S]*Latchkey[\s\S]*Loading[\s\S]*<\/main>/);
  });

  it.each([
    '/account/assets/main.js',
    '/account/assets/..%2findex.html',
    '/account/assets/',
    '/account/nothing',
    '/account/disown/nothing',
  ])('do not include %s', async (path) => {
    const { status, body, headers } = await service.api.call('GET', path);
    expect([status, body.code, headers.get('cache-control')]).toEqual([404, 'not_found', 'no-store']);
  });

  it.each(['/account/nothing', '/account/disown/nothing'])(
    'include a page with status 404 for a browser at %s',
    async (path) => {
      const { status, headers, text } = await service.api.call('GET', path, {
        headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
      });
      expect(status).toBe(404);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(text).toContain('/account/assets/links-en-');
    },
  );

  const redirect = async (path: string) => {
    const { status, headers } = await fetch(service.url + path, { redirect: 'manual' });
    return [status, headers.get('location')];
  };

  describe.each(['confirm-email', 'reset-password', 'disown'])('are found by a link to %s', (page) => {
    it.each(['%23token=', '%23token%3D', '%2523token=', '%2523token%253D', '/%23token='])(
      'whose fragment arrives as %j',
      async (fragment) => {
        expect(await redirect(`/account/${page}${fragment}lkm_a-B_9`)).toEqual([
          303,
          `/account/${page}#token=lkm_a-B_9`,
        ]);
      },
    );

    it('that has a slash at the end', async () => {
      // Browsers keep the fragment of a link that is redirected.
      expect(await redirect(`/account/${page}/`)).toEqual([303, `/account/${page}`]);
    });
  });

  it('are found at / and /account/', async () => {
    expect(await redirect('/')).toEqual([302, '/account']);
    expect(await redirect('/account/')).toEqual([303, '/account']);
  });

  it.each([
    'nothing',
    'confirm-email%23token=',
    'confirm-email%23https://evil.example',
    '..%2f%2fevil.example',
  ])('are not found at /account/%s', async (path) => {
    expect((await fetch(`${service.url}/account/${path}`, { redirect: 'manual' })).status).toBe(404);
  });

  it('accept only GET and HEAD', async () => {
    expect((await service.api.call('POST', '/account')).status).toBe(405);
    expect((await service.api.call('POST', '/account/disown')).status).toBe(405);
    expect((await service.api.call('HEAD', '/account')).status).toBe(200);
  });
});
