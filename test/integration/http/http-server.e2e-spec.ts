import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get } from '@nestjs/common';
import { type HttpTestApp, startHttpTestApp } from '../../support/http-test-app.js';
import { sendRaw } from '../../support/raw-http.js';
import { waitUntil } from '../../support/wait-until.js';

let release: () => void = () => undefined;
let entered = 0;

@Controller()
class SlowController {
  @Get('fast') fast() {
    return {};
  }
  @Get('slow') slow() {
    entered++;
    return new Promise((resolve) => {
      release = () => resolve({ done: true });
    });
  }
}

const running: HttpTestApp[] = [];

async function start(options: Parameters<typeof startHttpTestApp>[0] = {}) {
  const testApp = await startHttpTestApp(options);
  running.push(testApp);
  return testApp;
}

afterEach(async () => {
  release();
  await Promise.all(running.splice(0).map((testApp) => testApp.app.close()));
});

describe('every response', () => {
  it('has the security headers of an API that no page may embed', async () => {
    const { url } = await start({ controllers: [SlowController] });
    for (const path of ['/fast', '/nowhere', '/%ff']) {
      const { headers } = await fetch(url + path);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('may be cached if its handler allows it', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/auth/me`)).headers.get('cache-control')).toBe('private');
  });
});

describe('the client address', () => {
  const reportedAddress = async (trustProxy: boolean | number | string[], forwarded: string) => {
    const { url } = await start({ trustProxy });
    const response = await fetch(`${url}/auth/me`, { headers: { 'x-forwarded-for': forwarded } });
    return ((await response.json()) as { address: string }).address;
  };

  it('ignores X-Forwarded-For unless a proxy is trusted', async () => {
    expect(await reportedAddress(false, '203.0.113.9')).toBe('127.0.0.1');
  });

  it('is taken from X-Forwarded-For over the configured number of hops', async () => {
    expect(await reportedAddress(1, '198.51.100.66, 203.0.113.9')).toBe('203.0.113.9');
    expect(await reportedAddress(2, '198.51.100.66, 203.0.113.9')).toBe('198.51.100.66');
  });

  it('is taken from X-Forwarded-For of trusted proxies only', async () => {
    expect(await reportedAddress(['127.0.0.0/8'], '203.0.113.9')).toBe('203.0.113.9');
    expect(await reportedAddress(['10.0.0.0/8'], '203.0.113.9')).toBe('127.0.0.1');
  });

  it('is understood with a port, also for trusted proxies', async () => {
    expect(await reportedAddress(1, '203.0.113.9:4711')).toBe('203.0.113.9');
    expect(await reportedAddress(1, '[2001:db8::9]:4711')).toBe('2001:db8::9');
    const proxies = ['127.0.0.0/8', '10.0.0.0/8'];
    expect(await reportedAddress(proxies, '203.0.113.9:4711, 10.0.0.1:443')).toBe('203.0.113.9');
  });

  it('is found behind thousands of other headers', async () => {
    const { url } = await start({ trustProxy: true });
    const many = Array.from({ length: 2_000 }, (_, n) => `B${n}:\r\n`).join('');
    const { body } = await sendRaw(
      Number(new URL(url).port),
      `GET /auth/me HTTP/1.1\r\nHost: x\r\n${many}X-Forwarded-For: 203.0.113.9\r\n\r\n`,
    );
    expect(JSON.parse(body)).toMatchObject({ address: '203.0.113.9' });
  });

  it('is a valid address even if a proxy forwards something else', async () => {
    expect(await reportedAddress(true, "'; DROP TABLE sessions; --")).toBe('127.0.0.1');
  });
});

describe('a request with an expectation that the service does not know', () => {
  it('is answered like any other', async () => {
    const { url } = await start({ controllers: [SlowController] });
    const request = 'GET /fast HTTP/1.1\r\nHost: x\r\nExpect: something\r\n\r\n';
    expect(await sendRaw(Number(new URL(url).port), request)).toMatchObject({ status: 200, body: '{}' });
  });
});

describe('a service that shuts down', () => {
  it('finishes a request in flight and closes its connection', async () => {
    const { app, port } = await start({ controllers: [SlowController] });
    const before = entered;
    const answer = sendRaw(port, 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    await waitUntil('the request is in flight', () => entered > before, { everyMs: 5 });
    const closing = app.close();
    await sleep(50);
    release();
    expect(await answer).toMatchObject({
      status: 200,
      body: '{"done":true}',
      headers: { connection: 'close' },
      closed: true,
    });
    await closing;
  });

  it('accepts no new connections and does not wait for idle ones', async () => {
    const { app, port } = await start({ controllers: [SlowController] });
    const idle = connect(port, '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    const stopped = performance.now();
    await app.close();
    expect(performance.now() - stopped).toBeLessThan(3_000);
    running.length = 0;
    await expect(fetch(`http://127.0.0.1:${port}/fast`)).rejects.toThrow();
  });
});
