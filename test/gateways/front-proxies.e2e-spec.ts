import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Browser } from 'playwright-core';
import { selfSignedCertificate } from '../support/certificate.js';
import { launchChromium } from '../support/chromium.js';
import { debianProgram } from '../support/debian-program.js';
import { describeInChromium } from '../support/describe-in-chromium.js';
import { freePort } from '../support/free-port.js';
import {
  FRONT_PROXIES,
  FrontProxy,
  type FrontProxyKind,
  type FrontProxyParts,
  SITE,
} from '../support/gateways/front-proxy.js';
import { SitePage } from '../support/gateways/site-page.js';
import { MissingProgram } from '../support/programs.js';
import { type Instances, startInstances } from '../support/start-instances.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitUntil } from '../support/wait-until.js';

const SPOOFED = '192.0.2.66';
const WEBSOCKET = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};

describeInChromium('behind a proxy that terminates TLS', () => {
  let instances: Instances;
  let breakable: readonly [TcpProxy, TcpProxy];

  beforeAll(async () => {
    instances = await startInstances({ LATCHKEY_ISSUER: `https://${SITE}`, TRUST_PROXY: '127.0.0.1' });
    const through = ({ url }: { url: string }) => TcpProxy.start({ port: Number(new URL(url).port) });
    const [one, two] = instances.services;
    breakable = [await through(one), await through(two)];
  });
  afterAll(async () => {
    await Promise.all(breakable?.map((proxy) => proxy.stop()) ?? []);
    await instances?.stop();
  });

  describe.each(FRONT_PROXIES)('$name', (kind) => {
    let proxy: FrontProxy | null;
    let httpPort: number;
    let chromium: Browser | undefined;
    let site: SitePage;

    beforeAll(async () => {
      httpPort = await freePort();
      const [one, two] = breakable.map(({ port }) => `127.0.0.1:${port}`);
      proxy = await start(kind, { instances: [one ?? '', two ?? ''], httpPort });
      if (!proxy) return;
      chromium = await launchChromium([`--host-resolver-rules=MAP ${SITE} 127.0.0.1:${proxy.port}`]);
    });
    afterAll(async () => {
      await chromium?.close();
      await proxy?.dispose();
    });
    beforeEach(async () => {
      if (chromium) site = await SitePage.open(chromium);
    });
    afterEach(() => site?.close());

    const itBehind = (title: string, run: () => Promise<void>) =>
      it(title, async () => {
        // The line on standard error says which program is missing.
        if (proxy) await run();
      });

    itBehind('keeps the cookies of a login, and refuses the session once it is revoked', async () => {
      const email = await site.signIn();
      const cookies = await site.page.context().cookies();
      const kept = cookies.map(({ name, secure, httpOnly }) => ({ name, secure, httpOnly }));
      const expected = ['access', 'device', 'refresh'].map((kind) => ({
        name: `__Host-latchkey_${kind}`,
        secure: true,
        httpOnly: true,
      }));
      expect(kept.sort((a, b) => a.name.localeCompare(b.name))).toEqual(expected);
      expect(await site.call('GET', '/auth/me')).toMatchObject({ status: 200, body: { user: { email } } });

      const { api } = instances.services[0];
      const elsewhere = await api.session(email);
      await api.terminate(elsewhere.access_token, '/devices?except=current');
      // More requests than the proxy has connections: both instances answer.
      for (let n = 0; n < 6; n++) {
        const { status, body } = await site.call('GET', '/auth/me');
        // The first answer removes the cookies.
        expect([status, body.code]).toEqual([401, n === 0 ? 'session_revoked' : 'invalid_token']);
      }
    });

    itBehind('passes events on at once, and the last one before the revoke is answered', async () => {
      const email = await site.signIn();
      const received = await site.listen();
      await waitUntil('a heartbeat', async () => (await received()).includes('heartbeat {}'));
      const { api } = instances.services[0];
      const elsewhere = await api.session(email);
      await waitUntil('the change', async () => (await received()).includes('changed {}'));
      await api.terminate(elsewhere.access_token, '/devices?except=current');
      await waitUntil('the end', async () => (await received()).at(-1)?.startsWith('ended'));
      expect((await received()).at(-1)).toContain('"code":"session_revoked"');
    });

    itBehind('does not believe an address that the client claims', async () => {
      const claims = {
        'x-forwarded-for': SPOOFED,
        'x-real-ip': SPOOFED,
        forwarded: `for=${SPOOFED}`,
      };
      await site.signIn(claims);
      for (const path of ['/sessions', '/devices']) {
        const { status, body } = await site.call('GET', path, undefined, claims);
        expect(status).toBe(200);
        expect(JSON.stringify(body)).toContain('"address":"127.0.0.1"');
        expect(JSON.stringify(body)).not.toContain(SPOOFED);
      }
    });

    itBehind('continues with one instance while the other one is away', async () => {
      await site.signIn();
      const [broken] = breakable;
      await broken.cut();
      try {
        const statuses = await Promise.all(Array.from({ length: 8 }, () => statusOf(site)));
        expect(statuses).toEqual(statuses.map(() => 200));
      } finally {
        await broken.heal();
      }
    });

    itBehind('passes on WebSockets, and leads plain HTTP to TLS', async () => {
      const plain = await answerTo(
        plainRequest({ agent: false, port: httpPort, path: '/account', headers: { host: SITE } }),
      );
      expect([301, 308]).toContain(plain.statusCode);
      expect(plain.headers.location).toMatch(/^https:\/\/id\.example\.com(:\d+)?\/account$/);
      const headers = { host: SITE, ...WEBSOCKET };
      const tls = { servername: SITE, rejectUnauthorized: false };
      const guard = await answerTo(
        tlsRequest({ agent: false, port: proxy?.port, path: '/guard', headers, ...tls }),
      );
      // Without the header `Upgrade`, this is no path of the service.
      expect(guard.statusCode).toBe(401);
    });
  });
});

/** Repeats a request that is answered 503, because a busy instance may be taken for one that is away. */
function statusOf(site: SitePage): Promise<number> {
  return waitUntil('an answer', async () => {
    const { status } = await site.call('GET', '/auth/me');
    return status === 503 ? 0 : status;
  });
}

async function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(sent.end(), 'response')) as [IncomingMessage];
  sent.destroy();
  return answer;
}

async function start(
  kind: FrontProxyKind,
  parts: Omit<FrontProxyParts, 'certificate'>,
): Promise<FrontProxy | null> {
  try {
    const program = await debianProgram(kind.program);
    const certificate = await selfSignedCertificate(SITE);
    return await new FrontProxy(kind, program, { ...parts, certificate }).start();
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    process.stderr.write(`left out: the tests behind ${kind.name}, because ${error.message}\n`);
    return null;
  }
}
