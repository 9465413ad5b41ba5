import { connect } from 'node:net';
import { Controller, Get } from '@nestjs/common';
import { type BorderApp, startBorder } from './support/border-app.js';
import { sendRaw } from './support/raw-http.js';
import { waitUntil } from './support/wait-until.js';

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

const running: BorderApp[] = [];

async function start(options: Parameters<typeof startBorder>[0] = {}) {
  const border = await startBorder(options);
  running.push(border);
  return border;
}

afterEach(async () => {
  release();
  await Promise.all(running.splice(0).map((border) => border.app.close()));
});

describe('every answer', () => {
  it('has the headers of an API that no page may load', async () => {
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

  it('may be cached when its handler says so', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/auth/me`)).headers.get('cache-control')).toBe('private');
  });
});

describe('the address of a client', () => {
  const told = async (trustProxy: boolean | number | string[], forwarded: string) => {
    const { url } = await start({ trustProxy });
    const response = await fetch(`${url}/auth/me`, { headers: { 'x-forwarded-for': forwarded } });
    return ((await response.json()) as { address: string }).address;
  };

  it('is taken from nobody unless the environment says so', async () => {
    expect(await told(false, '203.0.113.9')).toBe('127.0.0.1');
  });

  it('is taken from as many hops as the environment says', async () => {
    expect(await told(1, '198.51.100.66, 203.0.113.9')).toBe('203.0.113.9');
    expect(await told(2, '198.51.100.66, 203.0.113.9')).toBe('198.51.100.66');
  });

  it('is taken from named proxies only', async () => {
    expect(await told(['127.0.0.0/8'], '203.0.113.9')).toBe('203.0.113.9');
    expect(await told(['10.0.0.0/8'], '203.0.113.9')).toBe('127.0.0.1');
  });

  it('is understood with a port, also for trusted proxies', async () => {
    expect(await told(1, '203.0.113.9:4711')).toBe('203.0.113.9');
    expect(await told(1, '[2001:db8::9]:4711')).toBe('2001:db8::9');
    const proxies = ['127.0.0.0/8', '10.0.0.0/8'];
    expect(await told(proxies, '203.0.113.9:4711, 10.0.0.1:443')).toBe('203.0.113.9');
  });

  it('is one that a database can store, whatever a proxy forwards', async () => {
    expect(await told(true, "'; DROP TABLE sessions; --")).toBe('127.0.0.1');
  });
});

describe('a service that stops', () => {
  it('lets a request in flight finish, and closes its connection', async () => {
    const { app, port } = await start({ controllers: [SlowController] });
    const before = entered;
    const answer = sendRaw(port, 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    await waitUntil('the request to be in flight', () => entered > before, { everyMs: 5 });
    const closing = app.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    release();
    expect(await answer).toMatchObject({
      status: 200,
      body: '{"done":true}',
      headers: { connection: 'close' },
      closed: true,
    });
    await closing;
  });

  it('accepts no new connection, and does not wait for those that say nothing', async () => {
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
