import { connect } from 'node:net';
import { type HttpTestApp, startHttpTestApp } from '../../support/http-test-app.js';
import { sendRaw } from '../../support/raw-http.js';
import { waitUntil } from '../../support/wait-until.js';

let testApp: HttpTestApp;

beforeAll(async () => {
  testApp = await startHttpTestApp({ trustProxy: ['127.0.0.1'] });
});

afterAll(() => testApp.app.close());

beforeEach(() => {
  testApp.logLines.length = 0;
});

/** Waits, because the line of a request is written after its response. */
async function linesOf(requests: number): Promise<Record<string, unknown>[]> {
  const read = () =>
    testApp.logLines.map((line) => JSON.parse(line)).filter((line) => line.msg === 'request');
  await waitUntil('one line per request', () => read().length >= requests, { everyMs: 5 });
  return read();
}

describe('the request log', () => {
  it('has one line per request with the fields an operator needs', async () => {
    await fetch(`${testApp.url}/auth/me?x=1`, {
      headers: { 'user-agent': 'probe/1', 'x-request-id': 'r-1', 'x-forwarded-for': '203.0.113.9' },
    });
    expect(await linesOf(1)).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        requestId: 'r-1',
        method: 'GET',
        path: '/auth/me',
        route: '/auth/me',
        status: 200,
        durationMs: expect.any(Number),
        address: '203.0.113.9',
        userAgent: 'probe/1',
        msg: 'request',
      },
    ]);
  });

  it("names the caller's trace and span, if they are well-formed", async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await fetch(`${testApp.url}/auth/me`, { headers: { traceparent } });
    await fetch(`${testApp.url}/auth/me`, { headers: { traceparent: `${traceparent}\t-x` } });
    const [named, unnamed] = await linesOf(2);
    expect(named).toMatchObject({
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      span_id: '00f067aa0ba902b7',
      requestId: expect.any(String),
    });
    expect(unnamed).not.toHaveProperty('trace_id');
  });

  it('includes the error code of the response', async () => {
    await fetch(`${testApp.url}/nowhere`);
    await fetch(`${testApp.url}/%ff`);
    expect(await linesOf(2)).toEqual([
      expect.objectContaining({ status: 404, code: 'not_found' }),
      expect.objectContaining({ status: 400, code: 'malformed_request', path: '/%ff' }),
    ]);
  });

  it('contains no secret, wherever a client puts it', async () => {
    const secret = 's3cr3t-value';
    const json = { 'content-type': 'application/json' };
    const send = (path: string, init: RequestInit = {}) => fetch(`${testApp.url}${path}`, init);
    const credentials = { authorization: `Bearer ${secret}`, cookie: `t=${secret}` };
    const post = (path: string, body: string) => send(path, { method: 'POST', headers: json, body });
    await send('/auth/me', { headers: credentials });
    await send(`/auth/me?access_token=${secret}`);
    await send(`/sessions?token=${secret}`);
    await post(
      '/auth/login',
      JSON.stringify({ email: 'ada@example.com', password: secret, device_token: secret }),
    );
    await post('/auth/login', JSON.stringify({ email: secret, password: 1, device_name: `${secret}\n` }));
    await post('/auth/refresh', JSON.stringify({ refresh_token: secret }));
    await post('/auth/refresh', `{"refresh_token":"${secret}`);
    await post('/auth/refresh', JSON.stringify({ [secret]: secret }));
    await sendRaw(testApp.port, `GET /auth/me HTTP/1.1\r\nHost: x\r\nAuthorization: ${secret}\0\r\n\r\n`, 40);
    // Some mail programs write the `#` of a link as `%23`.
    const token = 'lkm_AaIaQdwNdgCD1zNB1WI2r11yB3E8D5Uf';
    await send(`/account/confirm-email%23token=${token}`);
    await linesOf(9);
    expect(testApp.logLines.join('')).not.toContain(secret);
    expect(testApp.logLines.join('')).not.toContain(token);
  });

  it('redacts secrets in log objects', () => {
    const logger = testApp.app.getHttpAdapter().getInstance().log;
    const password = 's3cr3t';
    logger.info({
      password,
      body: { password, refresh_token: password },
      req: { headers: { cookie: password } },
    });
    expect(testApp.logLines.join('')).not.toContain(password);
  });

  it('stays on one line without control characters for unusual headers and paths', async () => {
    const head = (path: string, agent: string) =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nUser-Agent: ${agent}\r\nConnection: close\r\n\r\n`;
    await sendRaw(testApp.port, head('/%0d%0aforged', 'a\x9b31m\x85b'), 40);
    await sendRaw(testApp.port, head(`/${'p'.repeat(4_000)}`, 'u'.repeat(4_000)), 40);
    const lines = await linesOf(2);
    expect(lines[0]).toMatchObject({ path: '/%0d%0aforged', userAgent: 'a\\u{9b}31m\\u{85}b' });
    for (const line of testApp.logLines) {
      expect(line).toMatch(/^[^\n]{1,1500}\n$/);
      expect(line.trimEnd()).not.toMatch(/\p{Cc}/u);
    }
  });

  it('includes connections that sent no valid request', async () => {
    await sendRaw(testApp.port, 'nonsense\r\n\r\n', 40);
    expect(testApp.logLines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ msg: 'request refused', code: 'malformed_request', address: '127.0.0.1' }),
    ]);
  });

  it('includes requests that the client aborts in the middle of the body', async () => {
    const head =
      'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
    const socket = connect(testApp.port, '127.0.0.1');
    await new Promise((resolve) => socket.write(head, resolve));
    socket.destroy();
    const abandoned = () => testApp.logLines.map((line) => JSON.parse(line)).find((line) => line.path);
    expect(await waitUntil('the line is written', abandoned)).toMatchObject({
      msg: 'request abandoned',
      path: '/auth/login',
      address: '127.0.0.1',
    });
    expect((await fetch(`${testApp.url}/auth/me`)).status).toBe(200);
    const levels = testApp.logLines.map((line) => JSON.parse(line).level);
    expect(levels).not.toContain('warn');
    expect(levels).not.toContain('error');
  });
});
