import type { Tokens } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { clientHeaders } from '../../support/clients.js';

interface Unanswered {
  readonly events: readonly { id: string; kind: string; device_id: string; detail: unknown }[];
  readonly can_confirm: boolean;
}
type Caller = Pick<Tokens, 'access_token'>;

describe('a sign-in from a new device', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp({ TRUST_PROXY: 'true' });
  });
  afterAll(() => service?.close());

  const unanswered = async ({ access_token: token }: Caller) => {
    const { status, body } = await service.api.call<Unanswered>('GET', '/security-events/unanswered', {
      token,
    });
    expect(status).toBe(200);
    return body;
  };
  const idOf = async (caller: Caller, { device_id }: Tokens) => {
    const { events } = await unanswered(caller);
    return events.find((event) => event.device_id === device_id)?.id ?? 'none';
  };
  const answer = ({ access_token: token }: Caller, id: string, what: 'confirm' | 'reject') =>
    service.api.call('POST', `/security-events/${id}/${what}`, { token });
  const kindsOf = async ({ access_token: token }: Caller) =>
    (
      await service.api.call<{ events: { kind: string }[] }>('GET', '/security-events', { token })
    ).body.events.map(({ kind }) => kind);
  const twoDevices = async () => {
    const owner = await service.api.newcomer();
    const other = await service.api.session(owner.email);
    return { owner, other };
  };

  it('is unanswered for the other devices until one of them confirms it', async () => {
    const { owner, other } = await twoDevices();
    expect(await unanswered(owner)).toMatchObject({
      events: [
        {
          kind: 'new_device_sign_in',
          device_id: other.device_id,
          detail: { device: 'node', kind: 'script', brand: null },
        },
      ],
      can_confirm: true,
    });
    expect(await unanswered(other)).toEqual({ events: [], can_confirm: false });
    const id = await idOf(owner, other);
    expect((await answer(owner, id, 'confirm')).status).toBe(204);
    expect((await answer(owner, id, 'confirm')).status).toBe(204);
    expect(await unanswered(owner)).toEqual({ events: [], can_confirm: false });
    expect(await kindsOf(owner)).toEqual(['sign_in_confirmed', 'new_device_sign_in']);
    expect((await service.api.me(other.access_token)).status).toBe(200);
  });

  it('ends at once when it is rejected, and its device counts as new again', async () => {
    const { owner, other } = await twoDevices();
    const id = await idOf(owner, other);
    expect((await answer(owner, id, 'reject')).status).toBe(204);
    expect(await service.api.me(other.access_token)).toMatchObject({
      status: 401,
      body: { code: 'session_revoked', reason: 'disowned' },
    });
    expect((await answer(owner, id, 'reject')).status).toBe(204);
    expect((await unanswered(owner)).events).toEqual([]);
    expect(await kindsOf(owner)).toEqual(['disowned', 'new_device_sign_in']);
    expect((await answer(owner, id, 'confirm')).body).toMatchObject({ code: 'not_found' });
    const again = await service.api.session(owner.email, { device_token: other.device_token });
    expect(again.device_id).not.toBe(other.device_id);
    const own = await service.api.session(owner.email, { device_token: owner.device_token });
    expect(own.device_id).toBe(owner.device_id);
  });

  it('can be rejected after it was confirmed', async () => {
    const { owner, other } = await twoDevices();
    const id = await idOf(owner, other);
    await answer(owner, id, 'confirm');
    expect((await answer(owner, id, 'reject')).status).toBe(204);
    expect((await service.api.me(other.access_token)).status).toBe(401);
    expect(await kindsOf(owner)).toEqual(['disowned', 'sign_in_confirmed', 'new_device_sign_in']);
  });

  it('is answered once by two tabs that confirm it at the same time', async () => {
    const { owner, other } = await twoDevices();
    const id = await idOf(owner, other);
    const answers = await Promise.all(Array.from({ length: 5 }, () => answer(owner, id, 'confirm')));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204]);
    expect(await kindsOf(owner)).toEqual(['sign_in_confirmed', 'new_device_sign_in']);
  });

  it('cannot be confirmed by its own device, or by another that is unconfirmed', async () => {
    const { owner, other } = await twoDevices();
    const accomplice = await service.api.session(owner.email);
    const id = await idOf(owner, other);
    for (const what of ['confirm', 'reject'] as const)
      expect((await answer(other, id, what)).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await unanswered(accomplice)).can_confirm).toBe(false);
    expect((await answer(accomplice, id, 'confirm')).body).toMatchObject({
      status: 403,
      code: 'unconfirmed_device',
    });
    await answer(owner, await idOf(owner, accomplice), 'confirm');
    expect((await answer(accomplice, id, 'confirm')).status).toBe(204);
  });

  it('is not asked about after a change of the password', async () => {
    const { owner } = await twoDevices();
    const { body } = await service.api.call<Tokens>('POST', '/auth/password/change', {
      token: owner.access_token,
      body: { current_password: 'correct horse battery', new_password: 'another horse battery' },
    });
    expect(await unanswered(body)).toEqual({ events: [], can_confirm: false });
  });

  it('cannot be answered by another user, or by an id of nothing or of another event', async () => {
    const { owner, other } = await twoDevices();
    const id = await idOf(owner, other);
    const stranger = await service.api.newcomer();
    await answer(owner, id, 'confirm');
    const { body } = await service.api.call<{ events: { id: string }[] }>('GET', '/security-events', {
      token: owner.access_token,
    });
    const confirmation = body.events[0]?.id ?? '';
    for (const what of ['confirm', 'reject'] as const) {
      expect((await answer(stranger, id, what)).status).toBe(404);
      for (const wrong of ['x', stranger.device_id, confirmation])
        expect((await answer(owner, wrong, what)).body).toMatchObject({ status: 404, code: 'not_found' });
    }
    expect((await service.api.me(other.access_token)).status).toBe(200);
  });

  it('can be answered 60 times in 15 minutes', async () => {
    const owner = await service.api.newcomer();
    for (let answered = 0; answered < 60; answered++)
      expect((await answer(owner, owner.device_id, 'confirm')).status).toBe(404);
    expect(await answer(owner, owner.device_id, 'confirm')).toMatchObject({
      status: 429,
      body: { code: 'too_many_requests' },
    });
  });

  it('names the model of the device in the event and the list', async () => {
    const owner = await service.api.newcomer();
    const { body } = await service.api.call<Tokens>('POST', '/auth/login', {
      body: { email: owner.email, password: 'correct horse battery' },
      headers: {
        ...clientHeaders('chromeOnAndroid', 'tokyo'),
        'sec-ch-ua-platform': '"Android"',
        'sec-ch-ua-platform-version': '"15.0.0"',
        'sec-ch-ua-model': '"Pixel 8"',
      },
    });
    const { events } = await unanswered(owner);
    expect(events[0]?.detail).toEqual({
      device: 'Chrome on Pixel 8',
      client: 'Chrome 140 on Pixel 8 (Android 15)',
      kind: 'mobile',
      brand: 'Google',
      country_code: 'JP',
    });
    const login = (headers: Record<string, string>) =>
      service.api.call('POST', '/auth/login', {
        body: { email: owner.email, password: 'correct horse battery', device_token: body.device_token },
        headers,
      });
    // A later login without hints is no other client, and loses nothing.
    expect((await login(clientHeaders('chromeOnAndroid', 'tokyo'))).body.device_id).toBe(body.device_id);
    const { devices } = (await service.api.devices(owner.access_token)).body;
    expect(devices.find(({ id }) => id === body.device_id)).toMatchObject({
      brand: 'Google',
      model: 'Pixel 8',
      kind: 'mobile',
      browser: 'Chrome 140',
      system: 'Android 15',
    });
    expect(await kindsOf(owner)).toEqual(['new_device_sign_in']);
  });

  it('on an iPad that claims to be a Mac is reported as one, and stays the same client', async () => {
    const owner = await service.api.newcomer();
    const ipad = clientHeaders('safariOnIpadAskingForDesktop', 'tokyo');
    const login = (headers: Record<string, string>, device_token?: string) =>
      service.api.call<Tokens>('POST', '/auth/login', {
        body: { email: owner.email, password: 'correct horse battery', device_token },
        headers,
      });
    const { body } = await login(ipad);
    for (const headers of [
      { ...ipad, 'latchkey-touch-points': '5' },
      ipad,
      clientHeaders('safariOnIpad', 'tokyo'),
    ])
      expect((await login(headers, body.device_token)).body.device_id).toBe(body.device_id);
    const { devices } = (await service.api.devices(owner.access_token)).body;
    expect(devices.find(({ id }) => id === body.device_id)).toMatchObject({ kind: 'tablet', model: 'iPad' });
    expect(await kindsOf(owner)).toEqual(['new_device_sign_in']);
  });
});

describe('a policy that requires a recent login', () => {
  it('requires it of an answer', async () => {
    const service = await startApp({
      SENSITIVE_ACTIONS: 'sign_in.answer',
      REAUTHENTICATION_MAX_AGE: '5m',
    });
    try {
      const owner = await service.api.newcomer();
      const other = await service.api.session(owner.email);
      await service.sql(`UPDATE sessions SET auth_time = now() - interval '6 minutes' WHERE id = $1`, [
        owner.session_id,
      ]);
      const { body } = await service.api.refresh(owner.refresh_token);
      const events = await service.api.call<Unanswered>('GET', '/security-events/unanswered', {
        token: body.access_token,
      });
      for (const what of ['confirm', 'reject'])
        expect(
          await service.api.call('POST', `/security-events/${events.body.events[0]?.id}/${what}`, {
            token: body.access_token,
          }),
        ).toMatchObject({ status: 403, body: { code: 'reauthentication_required' } });
      expect((await service.api.me(other.access_token)).status).toBe(200);
    } finally {
      await service.close();
    }
  });
});
