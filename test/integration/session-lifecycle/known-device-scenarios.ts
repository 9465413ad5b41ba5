import { randomBytes } from 'node:crypto';
import type { RunningApp } from '../../support/app.js';

/** A device is recognised by the token that it stores. */
export function knownDeviceScenarios(service: () => RunningApp): void {
  it('recognises a device by its token, which stays valid', async () => {
    const { api } = service();
    const first = await api.newcomer();
    const second = await api.session(first.email, { device_token: first.device_token });
    const third = await api.session(first.email, { device_token: second.device_token });
    expect([second, third]).toMatchObject(
      Array(2).fill({ device_id: first.device_id, device_token: first.device_token }),
    );
    expect(new Set([first, second, third].map(({ session_id }) => session_id)).size).toBe(3);
  });

  it('recognises a device after a logout and keeps its name', async () => {
    const { api } = service();
    const first = await api.newcomer();
    await api.call('PATCH', `/devices/${first.device_id}`, {
      token: first.access_token,
      body: { name: 'Mine' },
    });
    await api.logout(first.access_token);
    const back = await api.session(first.email, { device_token: first.device_token });
    expect((await api.me(back.access_token)).body).toMatchObject({
      device: { id: first.device_id, name: 'Mine' },
    });
  });

  it('ignores an unknown token and a token of another user, and issues a new one', async () => {
    const { api } = service();
    const mine = await api.newcomer();
    const theirs = await api.newcomer();
    const made = `lkd_${randomBytes(32).toString('base64url')}`;
    for (const device_token of [theirs.device_token, made, 'x']) {
      const tokens = await api.session(mine.email, { device_token });
      expect([mine.device_id, theirs.device_id]).not.toContain(tokens.device_id);
      expect(tokens.device_token).not.toBe(device_token);
    }
  });

  it('forgets the token of a terminated device', async () => {
    const { api } = service();
    const mine = await api.newcomer();
    const stolen = await api.session(mine.email);
    await api.terminate(mine.access_token, `/devices/${stolen.device_id}`);
    const back = await api.session(mine.email, { device_token: stolen.device_token });
    expect(back.device_id).not.toBe(stolen.device_id);
    expect(back.device_token).not.toBe(stolen.device_token);
  });

  it('forgets the tokens of all other devices when they are signed out', async () => {
    const { api } = service();
    const mine = await api.newcomer();
    const other = await api.session(mine.email);
    await api.terminate(mine.access_token, '/devices?except=current');
    const sameAgain = await api.session(mine.email, { device_token: mine.device_token });
    const otherAgain = await api.session(mine.email, { device_token: other.device_token });
    expect(sameAgain.device_id).toBe(mine.device_id);
    expect(otherAgain.device_id).not.toBe(other.device_id);
  });

  it.each([
    ['too long', 'x'.repeat(65), 'x'.repeat(64)],
    ['far too long', 'é'.repeat(300), 'é'.repeat(64)],
    ['several lines', 'Ada\t\nPhone', 'Ada Phone'],
    ['partly in the other direction', 'Ada\u202ePhone', 'Ada Phone'],
  ])('cleans a device name that is %s, instead of refusing the login', async (_, device_name, shown) => {
    const { api } = service();
    const { email } = await api.newcomer();
    const { status, body } = await api.login(email, { device_name });
    expect(status).toBe(200);
    const { body: me } = await api.call('GET', '/auth/me', { token: String(body.access_token) });
    expect(me).toMatchObject({ device: { name: shown } });
  });

  it.each([
    ['white space', ' \u00a0\u3000'],
    ['a zero-width space', '\u200b'],
    ['a soft hyphen and a word joiner', '\u00ad\u2060'],
    ['a control of the direction', '\u202e'],
    ['a Hangul filler', '\u3164'],
  ])('gives a device its usual name if the name sent is only %s', async (_, device_name) => {
    const { api } = service();
    const { email } = await api.newcomer();
    const unnamed = await api.session(email);
    const invisible = await api.session(email, { device_name });
    const nameOf = async (token: string) => (await api.me(token)).body;
    const { device } = (await nameOf(unnamed.access_token)) as { device: { name: string } };
    expect(await nameOf(invisible.access_token)).toMatchObject({ device: { name: device.name } });
  });

  it('ignores an empty device name and an empty device token', async () => {
    const { api } = service();
    const { email } = await api.newcomer();
    const { status, body } = await api.login(email, { device_name: ' ', device_token: '' });
    expect(status).toBe(200);
    expect(body.device_token).toMatch(/^lkd_/);
  });

  it('treats null as a missing token or name', async () => {
    const { api } = service();
    const { email } = await api.newcomer();
    const { status, body } = await api.login(email, { device_token: null, device_name: null });
    expect(status).toBe(200);
    expect(body.device_token).toMatch(/^lkd_/);
  });
}
