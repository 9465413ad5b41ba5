import { createPublicKey, verify } from 'node:crypto';
import { Api, newEmail, PASSWORD } from '../../support/api.js';
import type { RunningApp } from '../../support/app.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** From registration to logout. */
export function loginScenarios(service: () => RunningApp): void {
  it('registers a user and returns the profile without the password', async () => {
    const email = newEmail();
    const { status, body, text } = await service().api.register(email);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(UUID),
      email,
      email_verified: false,
      roles: [],
      created_at: expect.any(String),
    });
    expect(text).not.toContain(PASSWORD);
  });

  it('answers a login with all tokens and ids, and forbids caching', async () => {
    const { api } = service();
    const email = newEmail();
    await api.register(email);
    const { status, headers, body } = await api.login(email);
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refresh_token: expect.stringMatching(/^lkr_[\w-]{70}$/),
      token_type: 'Bearer',
      expires_in: 900,
      session_expires_at: expect.any(String),
      session_absolute_expires_at: expect.any(String),
      session_id: expect.stringMatching(UUID),
      device_id: expect.stringMatching(UUID),
      device_token: expect.stringMatching(/^lkd_[\w-]{43}$/),
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('issues tokens that can be verified with the published keys', async () => {
    const { api } = service();
    const tokens = await api.newcomer();
    const { headers, body } = await api.call<{ keys: ({ kid: string } & Record<string, string>)[] }>(
      'GET',
      '/.well-known/jwks.json',
    );
    expect(headers.get('cache-control')).toMatch(/^public, max-age=\d+$/);
    const [header = '', payload = '', signature = ''] = tokens.access_token.split('.');
    const { kid, ...rest } = JSON.parse(Buffer.from(header, 'base64url').toString());
    expect(rest).toEqual({ alg: 'ES256', typ: 'at+jwt' });
    const jwk = body.keys.find((key) => key.kid === kid);
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const isValid = verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    expect(isValid).toBe(true);
  });

  it('states the user, session, login time and expiry in the access token', async () => {
    const { api } = service();
    const tokens = await api.newcomer();
    const me = await api.me(tokens.access_token);
    const claims = JSON.parse(Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toEqual({
      iss: expect.any(String),
      aud: expect.any(String),
      sub: (me.body.user as { id: string }).id,
      sid: tokens.session_id,
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: claims.iat + tokens.expires_in,
      auth_time: expect.any(Number),
      amr: ['pwd'],
      roles: [],
      roles_version: 0,
      generation: 0,
      session_epoch: 0,
      device_id: tokens.device_id,
      client_id: 'latchkey',
      acr: 'aal1',
    });
    expect(Math.abs(claims.iat - Date.now() / 1000)).toBeLessThan(30);
  });

  it('returns the user, session and device of an access token', async () => {
    const { api, url } = service();
    const { email } = await api.newcomer();
    const tokens = await new Api(url, { 'user-agent': FIREFOX }).session(email, { device_name: 'Büro' });
    const { status, headers, body } = await api.me(tokens.access_token);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      user: { id: expect.stringMatching(UUID), email, email_verified: false, roles: [] },
      session: {
        id: tokens.session_id,
        created_at: expect.any(String),
        authenticated_at: expect.any(String),
        last_seen_at: expect.any(String),
        expires_at: expect.any(String),
        absolute_expires_at: expect.any(String),
      },
      device: {
        id: tokens.device_id,
        name: 'Büro',
        kind: 'desktop',
        browser: 'Firefox 140',
        system: 'Linux',
      },
    });
  });

  it('exchanges a refresh token for new tokens of the same session and login', async () => {
    const { api } = service();
    const tokens = await api.newcomer();
    const before = await api.me(tokens.access_token);
    const { status, headers, body } = await api.refresh(tokens.refresh_token);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.stringMatching(/^lkr_/),
      token_type: 'Bearer',
      expires_in: 900,
      session_expires_at: expect.any(String),
      session_absolute_expires_at: expect.any(String),
      session_id: tokens.session_id,
      device_id: tokens.device_id,
    });
    expect(body.refresh_token).not.toBe(tokens.refresh_token);
    expect(body.access_token).not.toBe(tokens.access_token);
    const after = await api.me(body.access_token);
    expect(after.status).toBe(200);
    expect(after.body).toMatchObject({
      session: { authenticated_at: (before.body.session as Record<string, string>).authenticated_at },
    });
  });

  it('revokes both tokens at logout although neither has expired', async () => {
    const { api } = service();
    const tokens = await api.newcomer();
    expect((await api.me(tokens.access_token)).status).toBe(200);
    const out = await api.logout(tokens.access_token);
    expect([out.status, out.text, out.headers.get('cache-control')]).toEqual([204, '', 'no-store']);

    const refused = await api.me(tokens.access_token);
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({ code: 'session_revoked', status: 401, reason: 'logout' });
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="latchkey", error="invalid_token"');
    expect(refused.headers.get('cache-control')).toBe('no-store');
    const grant = await api.refresh(tokens.refresh_token);
    expect(grant).toMatchObject({ status: 401, body: { code: 'invalid_grant', reason: 'logout' } });
    expect(grant.headers.get('www-authenticate')).toBe('Bearer realm="latchkey"');
  });

  it('logs out of one session and keeps the other sessions of the user', async () => {
    const { api } = service();
    const one = await api.newcomer();
    const other = await api.session(one.email);
    await api.logout(one.access_token);
    expect((await api.me(other.access_token)).status).toBe(200);
    expect((await api.refresh(other.refresh_token)).status).toBe(200);
  });

  it('challenges a caller without a token and gives no reason', async () => {
    const { status, headers, body } = await service().api.call('GET', '/auth/me');
    expect(status).toBe(401);
    expect(body).toMatchObject({ code: 'invalid_token' });
    expect(headers.get('www-authenticate')).toBe('Bearer realm="latchkey"');
  });

  it('accepts neither a refresh token as an access token nor the reverse', async () => {
    const { api } = service();
    const tokens = await api.newcomer();
    expect(await api.me(tokens.refresh_token)).toMatchObject({
      status: 401,
      body: { code: 'invalid_token' },
    });
    expect(await api.refresh(tokens.access_token)).toMatchObject({
      status: 401,
      body: { code: 'invalid_grant' },
    });
    expect((await api.refresh(tokens.refresh_token)).status).toBe(200);
  });
}
