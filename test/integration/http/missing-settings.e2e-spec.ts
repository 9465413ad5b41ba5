import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';
import { waitUntil } from '../../support/wait-until.js';

const APP = 'https://app.example.com';

describe('the log of a service', () => {
  let database: TestDatabase;
  let service: ServiceProcess;

  beforeEach(async () => {
    database ??= await createTestDatabase();
  });
  afterEach(() => service?.stop());
  afterAll(() => database?.drop());

  const start = async (env: Record<string, string> = {}) => {
    service = await ServiceProcess.start(serviceEnv(database.url, env));
  };
  const call = async (method: string, path: string, headers: Record<string, string>) =>
    (await fetch(service.url + path, { method, headers })).status;
  const warnings = (variable: string) => service.log.split('\n').filter((line) => line.includes(variable));
  const forwarded = () => call('GET', '/auth/me', { 'x-forwarded-for': '203.0.113.7' });

  it('names TRUST_PROXY once when a proxy on a private address forwards requests', async () => {
    await start();
    await call('GET', '/auth/me', {});
    expect(warnings('TRUST_PROXY')).toEqual([]);
    for (let time = 0; time < 3; time++) await forwarded();
    await waitUntil('a warning', () => warnings('TRUST_PROXY').length > 0);
    expect(warnings('TRUST_PROXY')).toEqual([expect.stringContaining('127.0.0.1')]);
  });

  it('does not name TRUST_PROXY if it is set, and CORS_ORIGINS not for a listed origin', async () => {
    await start({ TRUST_PROXY: '127.0.0.1', CORS_ORIGINS: APP });
    await forwarded();
    expect(
      await call('OPTIONS', '/auth/login', { origin: APP, 'access-control-request-method': 'POST' }),
    ).toBe(204);
    expect(await call('POST', '/auth/login', { origin: APP })).not.toBe(403);
    expect([...warnings('TRUST_PROXY'), ...warnings('CORS_ORIGINS')]).toEqual([]);
  });

  it('names CORS_ORIGINS once for each origin whose pages are refused', async () => {
    await start();
    const preflight = { 'access-control-request-method': 'POST' };
    expect(await call('OPTIONS', '/auth/login', { ...preflight, origin: APP })).toBe(405);
    expect(await call('POST', '/auth/login', { origin: APP })).toBe(403);
    expect(await call('POST', '/auth/login', { origin: 'https://other.example' })).toBe(403);
    await waitUntil('the warnings', () => warnings('CORS_ORIGINS').length === 2);
    expect(warnings('CORS_ORIGINS')).toEqual([
      expect.stringContaining(APP),
      expect.stringContaining('https://other.example'),
    ]);
  });

  it('does not name CORS_ORIGINS for a wrong method that no page has sent', async () => {
    await start();
    expect(await call('OPTIONS', '/auth/login', {})).toBe(405);
    expect(await call('DELETE', '/auth/login', { origin: 'https://latchkey.test' })).toBe(405);
    expect(warnings('CORS_ORIGINS')).toEqual([]);
  });
});
