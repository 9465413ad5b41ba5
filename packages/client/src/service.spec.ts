import { Service } from './service.js';

describe('Service', () => {
  const serviceThat = (send: typeof fetch) =>
    new Service({ baseUrl: 'https://id.example.com', mode: 'bearer', fetch: send });
  const date = (ms: number) => ({ headers: { date: new Date(ms).toUTCString() } });
  const HOUR_MS = 3_600_000;

  it('knows the time of the service, even if the local clock is wrong', async () => {
    const service = serviceThat(async () => new Response('{}', date(Date.now() + HOUR_MS)));
    expect(Math.abs(service.now() - Date.now())).toBeLessThan(1_000);
    await service.post('/auth/login');
    expect(Math.abs(service.now() - Date.now() - HOUR_MS)).toBeLessThan(2_000);
  });

  it('does not ask another server for the time', async () => {
    const service = serviceThat(async () => new Response('{}', date(0)));
    await service.fetch(new Request('https://elsewhere.example'));
    expect(Math.abs(service.now() - Date.now())).toBeLessThan(1_000);
  });

  it.each([
    ['a page of a proxy', () => new Response('<html>', { status: 404 }), null],
    ['a failure of the service', () => new Response('{"code":"service_unavailable"}', { status: 503 }), 7],
  ])('counts as unreachable after %s', async (_, answer, retryAfterSeconds) => {
    const service = serviceThat(async () => {
      const response = answer();
      if (retryAfterSeconds) response.headers.set('retry-after', String(retryAfterSeconds));
      return response;
    });
    await expect(service.post('/auth/login')).rejects.toMatchObject({
      name: 'Unreachable',
      retryAfterSeconds,
    });
  });
});
