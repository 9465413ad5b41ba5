import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { attributeOf, type OtlpSpan, startCollector } from '../../support/otlp-collector.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';
import { waitUntil } from '../../support/wait-until.js';

const REGISTER = new URL('../../../ops/opentelemetry/register.mjs', import.meta.url).href;
const CALLER_SPAN = '00f067aa0ba902b7';
const PASSWORD = 'correct horse battery staple';

let traces = 0;
const newTrace = () => (++traces).toString(16).padStart(32, 'a');

describe('a service with an OpenTelemetry SDK', () => {
  let database: TestDatabase;
  let collector: Awaited<ReturnType<typeof startCollector>>;
  let service: ServiceProcess;

  beforeAll(async () => {
    [database, collector] = await Promise.all([createTestDatabase(), startCollector()]);
    service = await ServiceProcess.start({
      ...serviceEnv(database.url, {
        LOG_LEVEL: 'info',
        REDIS_URL: process.env.TEST_REDIS_URL ?? '',
        SMTP_URL: 'smtp://127.0.0.1:1',
      }),
      NODE_OPTIONS: `--import=${REGISTER}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
  });

  afterAll(async () => {
    service?.kill();
    await service?.exit();
    collector?.close();
    await database?.drop();
  });

  /** Sends a request as a part of a new trace. */
  async function call(method: string, path: string, { body, token }: { body?: object; token?: string } = {}) {
    const traceId = newTrace();
    const response = await fetch(`${service.url}${path}`, {
      method,
      headers: {
        traceparent: `00-${traceId}-${CALLER_SPAN}-01`,
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { traceId, status: response.status, answer: (await response.json().catch(() => null)) as never };
  }

  const spansOf = (traceId: string) => collector.spans.filter((span) => span.traceId === traceId);

  /** The spans of a trace, once that of the request has arrived: it ends last. */
  async function trace(traceId: string): Promise<{ request: OtlpSpan; parts: OtlpSpan[] }> {
    const request = await waitUntil('the span of the request', () =>
      spansOf(traceId).find(({ kind }) => kind === 2),
    );
    return { request, parts: spansOf(traceId).filter(({ kind }) => kind !== 2) };
  }

  const logLines = (traceId: string) =>
    service.log
      .split('\n')
      .filter((line) => line.includes(traceId))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('reports one trace from the caller to Postgres, Redis and the hash of the password', async () => {
    const credentials = { email: 'traced@example.com', password: PASSWORD };
    const registered = await trace((await call('POST', '/auth/register', { body: credentials })).traceId);
    expect(registered.request).toMatchObject({ name: 'POST /auth/register', parentSpanId: CALLER_SPAN });

    const { traceId, answer } = await call('POST', '/auth/login', { body: credentials });
    const { request, parts } = await trace(traceId);
    expect(request).toMatchObject({ name: 'POST /auth/login', parentSpanId: CALLER_SPAN });
    expect(attributeOf(request, 'http.response.status_code')).toBe('200');
    const names = parts.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['hash password', 'START', 'SELECT', 'INSERT', 'COMMIT']));
    const byDatabase = (system: string) =>
      parts.filter((span) => attributeOf(span, 'db.system.name') === system);
    expect(byDatabase('postgresql').length).toBeGreaterThan(3);
    expect(byDatabase('redis').length).toBeGreaterThan(0);
    const ids = new Set([request, ...parts].map(({ spanId }) => spanId));
    expect(parts.filter(({ parentSpanId = '' }) => !ids.has(parentSpanId))).toEqual([]);

    const { access_token: token } = answer as { access_token: string };
    const me = await trace((await call('GET', '/auth/me', { token })).traceId);
    expect(attributeOf(me.request, 'latchkey.session_lookup')).toMatch(/^(memory|shared|store)$/);
    expect(attributeOf(me.request, 'session.id')).toBeDefined();
    const logout = await trace((await call('POST', '/auth/logout', { token })).traceId);
    const enforced = logout.parts.find(({ name }) => name === 'enforce revocations');
    expect(attributeOf(enforced, 'latchkey.revocation.outcome')).toBe('enforced');
  });

  it('puts no password, address or token into spans', async () => {
    const body = { email: 'secretive@example.com', password: PASSWORD };
    await trace((await call('POST', '/auth/register', { body })).traceId);
    const { traceId, answer } = await call('POST', '/auth/login', { body });
    await trace(traceId);
    const text = JSON.stringify(collector.spans);
    const { access_token, refresh_token } = answer as { access_token: string; refresh_token: string };
    for (const secret of [PASSWORD, body.email, access_token, refresh_token])
      expect(text).not.toContain(secret);
  });

  it('names the trace and the span in the log lines of a request', async () => {
    const { traceId } = await call('GET', '/auth/me');
    const { request } = await trace(traceId);
    expect(attributeOf(request, 'error.type')).toBe('invalid_token');
    const line = await waitUntil('the line', () => logLines(traceId).find(({ msg }) => msg === 'request'));
    expect(line).toMatchObject({
      trace_id: traceId,
      span_id: request.spanId,
      route: '/auth/me',
      status: 401,
    });
  });

  it('reports requests that no route has', async () => {
    const unknown = await trace((await call('GET', '/no/such/path')).traceId);
    expect(attributeOf(unknown.request, 'http.response.status_code')).toBe('404');
    const malformed = await trace((await call('GET', '/%ff')).traceId);
    expect(attributeOf(malformed.request, 'http.response.status_code')).toBe('400');
  });

  it('reports nothing for probes, nor for what the service does by itself', async () => {
    const { traceId } = await call('GET', '/health/ready');
    const later = await call('GET', '/auth/me');
    await trace(later.traceId);
    expect(spansOf(traceId)).toEqual([]);
    const roots = collector.spans.filter((span) => !span.parentSpanId);
    expect([...new Set(roots.map(({ name }) => name))].filter((name) => name !== 'send mail')).toEqual([]);
  });

  it('reports mails that could not be sent as failed', async () => {
    const mail = await waitUntil('a span', () => collector.spans.find(({ name }) => name === 'send mail'));
    expect(mail).toMatchObject({ kind: 3, status: { code: 2 } });
    expect(attributeOf(mail, 'latchkey.mail.kind')).toBeDefined();
  });
});
