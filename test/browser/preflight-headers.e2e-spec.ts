import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type RunningApp, startApp } from '../support/app.js';
import { documentedAnswers } from '../support/documented-answer.js';
import { HttpBrowser } from '../support/http-browser.js';

const ORIGIN = 'https://app.example.com';

/** Scripts cannot set them (Fetch, "forbidden request-header"), or may always (allowed by CORS), or proxies set them. */
const NOT_SET_BY_SCRIPTS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'content-length',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'origin',
  'referer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-method',
  'x-forwarded-proto',
  'x-original-method',
  // The router reads it. No route has versions.
  'accept-version',
  'access-control-request-headers',
  'access-control-request-method',
]);

describe('a preflight', () => {
  let service: RunningApp;
  const read = new Set<string>();

  beforeAll(async () => {
    service = await startApp({ CORS_ORIGINS: ORIGIN, TRUST_PROXY: 'true' });
    service.app.getHttpServer().prependListener('request', (request: IncomingMessage) => {
      const headers = new Proxy<IncomingHttpHeaders>(request.headers, {
        get: (target, name) => {
          if (typeof name === 'string') read.add(name);
          return Reflect.get(target, name);
        },
      });
      Object.defineProperty(request, 'headers', { value: headers });
    });
  });
  afterAll(() => service?.close());

  it('allows every header that the service reads from a script', async () => {
    const { email } = await service.api.newcomer();
    const chrome = new HttpBrowser(service.url, service.url);
    await chrome.login(email);
    await chrome.refresh();
    for (const answer of documentedAnswers()) {
      const [method = '', path = ''] = answer.split(' ');
      await service.api.call(method, path, { body: method === 'GET' ? undefined : {} });
      const { access_token: token } = await service.api.session(email);
      if (path !== '/account/events') await service.api.call(method, path, { token });
    }
    await chrome.call('POST', '/auth/logout');
    const answer = await service.api.call('OPTIONS', '/auth/login', {
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    const allowed = answer.headers.get('access-control-allow-headers')?.split(/, ?/) ?? [];
    const needed = [...read].filter((name) => !NOT_SET_BY_SCRIPTS.has(name) && !name.startsWith('sec-'));
    expect(needed).toContain('authorization');
    expect(needed.filter((name) => !allowed.includes(name))).toEqual([]);
  });
});
