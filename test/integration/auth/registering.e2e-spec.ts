import { newEmail, PASSWORD } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';

describe('registration', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp();
  });

  afterAll(() => service?.close());

  it('accepts an email address only once, whatever its case', async () => {
    const { api } = service;
    expect((await api.register('Ada.Lovelace@Example.org')).body).toMatchObject({
      email: 'ada.lovelace@example.org',
    });
    for (const email of [
      'ada.lovelace@example.org',
      'ADA.LOVELACE@EXAMPLE.ORG',
      'Ada.Lovelace@Example.org',
    ]) {
      expect(await api.register(email)).toMatchObject({ status: 409, body: { code: 'email_taken' } });
    }
    expect((await api.login('aDA.lovelace@example.ORG')).status).toBe(200);
  });

  it('lets one of ten concurrent requests register an email address', async () => {
    const email = newEmail();
    const answers = await Promise.all(Array.from({ length: 10 }, () => service.api.register(email)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
  });

  it.each([
    { role: 'admin' },
    { roles: ['admin'] },
    { status: 'active' },
    { id: '00000000-0000-7000-8000-000000000000' },
    { email_verified: true },
    { roles_version: 1 },
    { device_token: null },
  ])('refuses %j and registers no user', async (extra) => {
    const { api } = service;
    const email = newEmail();
    const body = { email, password: PASSWORD, ...extra };
    const [field] = Object.keys(extra);
    expect(await api.call('POST', '/auth/register', { body })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ field, message: 'is not known' }] },
    });
    expect((await api.login(email)).status).toBe(401);
  });

  it.each([
    ['1234567', 'too_short'],
    ['👩‍🚀👩‍🚀', 'too_short'],
    ['x9-'.repeat(86), 'too_long'],
    ['password123', 'common'],
    ['P@ssw0rd!', 'common'],
    ['latchkey', 'context'],
    ['grace.hopper@example.org', 'context'],
  ])('refuses the password %s as %s without repeating it', async (password, reason) => {
    const { status, body, text } = await service.api.register('grace.hopper@example.org', password);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'password_rejected', reason, detail: expect.any(String) });
    if (reason !== 'context') expect(text).not.toContain(password);
  });

  it.each([
    ['eight characters', 'vq8-Tz2m'],
    ['256 characters', `${'correct horse battery '.repeat(11)}abcdefghijklmn`],
    ['256 emoji', '🧭🪁🦉🎈'.repeat(64)],
    ['emoji joined to families', '👩‍👩‍👧‍👦🪁👩‍🚀🦉🧭🎈'],
    ['Chinese', '春眠不覺曉處處聞啼鳥'],
    ['Arabic', 'كلمة مرور طويلة جدا'],
    ['symbols without letters', '¿¡—“”…§¶†‡'],
    ['words with leading and trailing spaces', '  a lonely wizard  '],
  ])('accepts a password of %s and only that one at login', async (_, password) => {
    const { api } = service;
    const email = newEmail();
    expect((await api.register(email, password)).status).toBe(201);
    expect((await api.login(email, { password })).status).toBe(200);
    const others = [
      [...password].slice(0, -1).join(''),
      `${password} `,
      [...password].slice(0, 72).join(''),
      password.trim(),
    ];
    for (const other of others.filter((candidate) => candidate !== password)) {
      expect(await api.login(email, { password: other })).toMatchObject({
        status: 401,
        body: { code: 'invalid_credentials' },
      });
    }
  });

  it('treats equivalent Unicode spellings as the same password', async () => {
    const { api } = service;
    const email = newEmail();
    await api.register(email, 'Ångström ﬁnds 12 cafés');
    const decomposed = 'Ångström finds 12 cafés'.normalize('NFD');
    for (const password of [decomposed, 'Ångström ｆinds １２ cafés']) {
      expect((await api.login(email, { password })).status).toBe(200);
    }
    expect((await api.login(email, { password: 'angstrom finds 12 cafes' })).status).toBe(401);
  });

  it('counts code points, not bytes or UTF-16 units', async () => {
    const { api } = service;
    expect((await api.register(newEmail(), '🧭🪁🦉🎈🧲🪐🦚')).body).toMatchObject({ reason: 'too_short' });
    expect((await api.register(newEmail(), '🧭🪁🦉🎈🧲🪐🦚🪵')).status).toBe(201);
  });
});
