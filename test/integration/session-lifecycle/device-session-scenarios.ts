import { randomUUID } from 'node:crypto';
import type { RunningApp } from '../../support/app.js';

const TERMINATED = { status: 401, body: { code: 'session_revoked', reason: 'terminated' } };

/** Listing one's devices and sessions, and revoking some of them. */
export function deviceSessionScenarios(service: () => RunningApp): void {
  it('lists devices and sessions, newest first, and marks those of the caller', async () => {
    const { api } = service();
    const phone = await api.newcomer();
    const tv = await api.session(phone.email, { device_name: 'Living room' });
    const again = await api.session(phone.email, { device_token: phone.device_token });

    const { body } = await api.devices(tv.access_token);
    expect(body.devices).toMatchObject([
      {
        id: phone.device_id,
        current: false,
        sessions: [
          { id: again.session_id, current: false },
          { id: phone.session_id, current: false },
        ],
      },
      {
        id: tv.device_id,
        name: 'Living room',
        current: true,
        sessions: [{ id: tv.session_id, device_id: tv.device_id, current: true, address: '127.0.0.1' }],
      },
    ]);
    const listed = await api.sessions(phone.access_token);
    expect(listed.body.sessions.map(({ id, current }) => [id, current])).toEqual([
      [again.session_id, false],
      [tv.session_id, false],
      [phone.session_id, true],
    ]);
  });

  it('limits the lists as requested', async () => {
    const { api } = service();
    const one = await api.newcomer();
    const two = await api.session(one.email);
    const sessions = await api.call('GET', '/sessions?limit=1', { token: one.access_token });
    expect(sessions.body).toMatchObject({ sessions: [{ id: two.session_id }] });
    const devices = await api.call('GET', '/devices?limit=1', { token: one.access_token });
    expect(devices.body).toMatchObject({ devices: [{ id: two.device_id }] });
  });

  it('renames a device and returns the new name everywhere', async () => {
    const { api } = service();
    const tokens = await api.newcomer();
    await api.me(tokens.access_token);
    const renamed = await api.call('PATCH', `/devices/${tokens.device_id}`, {
      token: tokens.access_token,
      body: { name: 'Küche 📺' },
    });
    expect(renamed).toMatchObject({ status: 200, body: { id: tokens.device_id, name: 'Küche 📺' } });
    expect((await api.devices(tokens.access_token)).body.devices[0]?.name).toBe('Küche 📺');
    expect((await api.me(tokens.access_token)).body).toMatchObject({ device: { name: 'Küche 📺' } });
  });

  it.each([
    ['white space', '   '],
    ['a zero-width space', '\u200b'],
    ['a soft hyphen and a word joiner', '\u00ad\u2060'],
    ['a name with a control of the direction', 'Ada\u202ePhone'],
  ])('refuses to rename a device to %s', async (_, name) => {
    const { api } = service();
    const { access_token: token, device_id } = await api.newcomer();
    const before = (await api.devices(token)).body;
    const answer = await api.call('PATCH', `/devices/${device_id}`, { token, body: { name } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect((await api.devices(token)).body.devices[0]?.name).toBe(before.devices[0]?.name);
  });

  it('keeps joiners within a new name, and removes the white space around it', async () => {
    const { api } = service();
    const { access_token: token, device_id } = await api.newcomer();
    const renamed = await api.call('PATCH', `/devices/${device_id}`, {
      token,
      body: { name: '\u3000Ada 👩‍💻\n' },
    });
    expect(renamed).toMatchObject({ status: 200, body: { name: 'Ada 👩‍💻' } });
  });

  it('terminates another device: its access and refresh tokens are refused immediately', async () => {
    const { api } = service();
    const mine = await api.newcomer();
    const stolen = await api.session(mine.email);
    const again = await api.session(mine.email, { device_token: stolen.device_token });
    for (const { access_token } of [stolen, again]) expect((await api.me(access_token)).status).toBe(200);

    expect((await api.end(mine.access_token, `/devices/${stolen.device_id}`)).status).toBe(204);
    for (const { access_token, refresh_token } of [stolen, again]) {
      expect(await api.me(access_token)).toMatchObject(TERMINATED);
      expect(await api.refresh(refresh_token)).toMatchObject({
        status: 401,
        body: { code: 'invalid_grant', reason: 'terminated' },
      });
    }
    expect((await api.devices(mine.access_token)).body.devices.map(({ id }) => id)).toEqual([mine.device_id]);
  });

  it('terminates several devices at once, and no device of another user', async () => {
    const { api } = service();
    const mine = await api.newcomer();
    const stolen = [await api.session(mine.email), await api.session(mine.email)];
    const kept = await api.session(mine.email);
    const theirs = await api.newcomer();
    const terminate = (device_ids: unknown) =>
      api.call('POST', '/devices/terminate', { token: mine.access_token, body: { device_ids } });

    const ids = [...stolen, theirs].map(({ device_id }) => device_id);
    expect((await terminate([...ids, randomUUID()])).status).toBe(204);
    for (const { access_token } of stolen) expect(await api.me(access_token)).toMatchObject(TERMINATED);
    for (const { access_token } of [kept, theirs]) expect((await api.me(access_token)).status).toBe(200);
    // Again, and for what does not exist.
    for (const again of [ids, [randomUUID()]]) expect((await terminate(again)).status).toBe(204);
    const many = Array.from({ length: 399 }, () => randomUUID());
    expect((await terminate([...many, kept.device_id])).status).toBe(204);
    expect(await api.me(kept.access_token)).toMatchObject(TERMINATED);
    for (const wrong of [[], ['nonsense'], ids[0], null, [...many, ids[0], ids[1]]])
      expect(await terminate(wrong)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });

  it('can terminate the device of the caller', async () => {
    const { api } = service();
    const tokens = await api.newcomer();
    expect((await api.end(tokens.access_token, `/devices/${tokens.device_id}`)).status).toBe(204);
    expect(await api.me(tokens.access_token)).toMatchObject(TERMINATED);
  });

  it('does not rename a terminated device', async () => {
    const { api } = service();
    const mine = await api.newcomer();
    const { device_id } = await api.session(mine.email);
    await api.terminate(mine.access_token, `/devices/${device_id}`);
    const renamed = await api.call('PATCH', `/devices/${device_id}`, {
      token: mine.access_token,
      body: { name: 'x' },
    });
    expect(renamed).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('signs out all other devices', async () => {
    const { api } = service();
    const mine = await api.newcomer();
    const others = [await api.session(mine.email), await api.session(mine.email)];
    const sameDevice = await api.session(mine.email, { device_token: mine.device_token });
    const stranger = await api.newcomer();

    expect((await api.end(mine.access_token, '/devices?except=current')).status).toBe(204);
    for (const { access_token } of others) expect(await api.me(access_token)).toMatchObject(TERMINATED);
    for (const { access_token } of [mine, sameDevice, stranger]) {
      expect((await api.me(access_token)).status).toBe(200);
    }
  });

  it('signs out all devices of the user, including the current one, and none of other users', async () => {
    const { api } = service();
    const mine = await api.newcomer();
    const other = await api.session(mine.email);
    const stranger = await api.newcomer();

    expect((await api.end(mine.access_token, '/devices')).status).toBe(204);
    for (const { access_token } of [mine, other]) {
      expect(await api.me(access_token)).toMatchObject(TERMINATED);
    }
    expect((await api.me(stranger.access_token)).status).toBe(200);
    expect((await api.login(mine.email)).status).toBe(200);
  });

  it('revokes one session and keeps the others of its device', async () => {
    const { api } = service();
    const mine = await api.newcomer();
    const again = await api.session(mine.email, { device_token: mine.device_token });
    expect((await api.end(mine.access_token, `/sessions/${again.session_id}`)).status).toBe(204);
    expect(await api.me(again.access_token)).toMatchObject(TERMINATED);
    expect((await api.me(mine.access_token)).status).toBe(200);
  });

  it('answers 204 again for an ended session or device and keeps the first reason', async () => {
    const { api } = service();
    const mine = await api.newcomer();
    const other = await api.session(mine.email);
    await api.logout(other.access_token);
    const paths = [`/sessions/${other.session_id}`, `/devices/${other.device_id}`];
    for (const path of [...paths, ...paths, '/devices?except=current', '/devices?except=current']) {
      expect((await api.end(mine.access_token, path)).status).toBe(204);
    }
    expect(await api.me(other.access_token)).toMatchObject({ status: 401, body: { reason: 'logout' } });
  });
}
