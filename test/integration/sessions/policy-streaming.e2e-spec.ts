import { type RunningApp, startApp } from '../../support/app.js';

const SIGNED_OUT = { status: 401, body: { code: 'session_revoked', reason: 'device_limit' } };

describe('streaming policy', () => {
  let service: RunningApp;

  afterEach(() => service?.close());

  /** Logs in one user on several devices. @returns their tokens, in the order of the logins */
  const logIn = async (devices: number) => {
    const first = await service.api.newcomer();
    const all = [first];
    while (all.length < devices)
      all.push({ email: first.email, ...(await service.api.session(first.email)) });
    return all;
  };
  const statuses = async (all: { access_token: string }[]) =>
    Promise.all(all.map(async ({ access_token }) => (await service.api.me(access_token)).status));

  it('immediately signs out the device with the oldest login when a sixth one logs in', async () => {
    service = await startApp({ LATCHKEY_POLICY: 'streaming' });
    const { api } = service;
    const five = await logIn(5);
    const [first, second] = five as [(typeof five)[0], (typeof five)[0]];
    expect(await statuses(five)).toEqual([200, 200, 200, 200, 200]);
    // Now the first device has the most recent login.
    const firstAgain = await api.session(first.email, { device_token: first.device_token });
    expect(await statuses(five)).toEqual([200, 200, 200, 200, 200]);

    const sixth = await api.session(first.email);
    expect(await api.me(second.access_token)).toMatchObject(SIGNED_OUT);
    expect(await api.refresh(second.refresh_token)).toMatchObject({
      status: 401,
      body: { code: 'invalid_grant', reason: 'device_limit' },
    });
    expect(await statuses(five)).toEqual([200, 401, 200, 200, 200]);
    expect(await statuses([firstAgain, sixth])).toEqual([200, 200]);
    expect((await api.devices(sixth.access_token)).body.devices).toHaveLength(5);
  });

  it('signs out no other device when a signed-in device logs in again', async () => {
    service = await startApp({ LATCHKEY_POLICY: 'streaming' });
    const five = await logIn(5);
    const [{ email, device_token }] = five as [(typeof five)[0]];
    for (let times = 0; times < 3; times++) await service.api.session(email, { device_token });
    expect(await statuses(five)).toEqual([200, 200, 200, 200, 200]);
  });

  it('recognises a signed-out device when it logs in again', async () => {
    service = await startApp({ LATCHKEY_POLICY: 'streaming', MAX_DEVICES: '1' });
    const [first, second] = await logIn(2);
    expect(await service.api.me(first?.access_token ?? '')).toMatchObject(SIGNED_OUT);
    const back = await service.api.session(first?.email ?? '', { device_token: first?.device_token });
    expect(back.device_id).toBe(first?.device_id);
    expect(await service.api.me(second?.access_token ?? '')).toMatchObject(SIGNED_OUT);
  });

  it('never exceeds the device limit when many devices log in at once', async () => {
    service = await startApp({ LATCHKEY_POLICY: 'streaming', MAX_DEVICES: '3' });
    const { api } = service;
    const { email } = await api.newcomer();
    const all = await Promise.all(Array.from({ length: 12 }, () => api.session(email)));
    expect((await statuses(all)).filter((status) => status === 200)).toHaveLength(3);
  });

  it.each([
    ['MAX_DEVICES', '2', [401, 200, 200]],
    ['MAX_DEVICES', 'none', [200, 200, 200]],
    ['MAX_SESSIONS', '1', [401, 401, 200]],
  ])('can be overridden by %s=%s', async (variable, value, expected) => {
    service = await startApp({ LATCHKEY_POLICY: 'streaming', [variable]: value });
    expect(await statuses(await logIn(3))).toEqual(expected);
  });
});
