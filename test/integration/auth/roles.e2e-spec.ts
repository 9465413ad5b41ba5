import { Revocation } from '@latchkey/revocation/revocation';
import { Controller, Get, Module } from '@nestjs/common';
import { CurrentPrincipal, type Principal } from '../../../src/http/routes/principal.js';
import { Public, Roles } from '../../../src/http/routes/route-decorators.js';
import { UsersService } from '../../../src/users/users.service.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { waitUntil } from '../../support/wait-until.js';

@Controller('vault')
class VaultController {
  @Get('admins')
  @Roles('admin')
  admins(@CurrentPrincipal() { roles }: Principal) {
    return { roles };
  }

  @Get('staff')
  @Roles('admin', 'support')
  staff() {
    return {};
  }

  // A contradiction, which must not open the route.
  @Get('nobody')
  @Public()
  @Roles('admin')
  nobody() {
    return {};
  }
}

@Module({ controllers: [VaultController] })
class VaultModule {}

const STALE = { status: 401, body: { code: 'token_stale' } };

describe('roles', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp({}, { beside: VaultModule });
  });

  afterAll(() => service?.close());

  const enter = (token: string, where: string) => service.api.call('GET', `/vault/${where}`, { token });
  const userOf = async (token: string) => ((await service.api.me(token)).body.user as { id: string }).id;
  const granted = async (...roles: string[]) => {
    const { email } = await service.api.newcomer();
    await service.sql('UPDATE users SET roles = $1 WHERE email = $2', [roles, email]);
    return { ...(await service.api.session(email)), email };
  };

  it('admit a user who has one of the roles that a route requires', async () => {
    const admin = await granted('admin');
    const support = await granted('support', 'billing');
    expect(await enter(admin.access_token, 'admins')).toMatchObject({
      status: 200,
      body: { roles: ['admin'] },
    });
    expect((await enter(support.access_token, 'staff')).status).toBe(200);
    expect((await service.api.me(support.access_token)).body).toMatchObject({
      user: { roles: ['support', 'billing'] },
    });
  });

  it('refuse other users without details', async () => {
    const nobody = await service.api.newcomer();
    const support = await granted('support');
    for (const { access_token } of [nobody, support]) {
      const { status, body, headers } = await enter(access_token, 'admins');
      expect([status, body.code]).toEqual([403, 'insufficient_role']);
      expect(headers.get('www-authenticate')).toBeNull();
    }
    expect((await service.api.call('GET', '/vault/admins')).status).toBe(401);
  });

  it('keep a route closed that is public and requires roles', async () => {
    const admin = await granted('admin');
    expect((await service.api.call('GET', '/vault/nobody')).status).toBe(401);
    expect((await enter(admin.access_token, 'nobody')).status).toBe(401);
  });

  it('that are revoked have no effect from the next request on; a refresh issues the new roles', async () => {
    const admin = await granted('admin');
    expect((await enter(admin.access_token, 'admins')).status).toBe(200);
    const { id, rolesVersion } = await service.app
      .get(UsersService, { strict: false })
      .revokeRole(await userOf(admin.access_token), 'admin');
    const cutOffs = [{ userId: id, rolesVersion }];
    expect(await service.app.get(Revocation, { strict: false }).enforce({ sessions: [], cutOffs })).toBe(
      true,
    );

    const refused = await enter(admin.access_token, 'admins');
    expect(refused).toMatchObject(STALE);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="latchkey", error="invalid_token"');
    const { body } = await service.api.refresh(admin.refresh_token);
    expect((await enter(body.access_token, 'admins')).status).toBe(403);
    expect((await service.api.me(body.access_token)).body).toMatchObject({ user: { roles: [] } });
  });

  it('that are changed by SQL soon apply to every session of the user', async () => {
    const one = await granted('admin');
    const other = await service.api.session(one.email);
    for (const { access_token } of [one, other])
      expect((await enter(access_token, 'admins')).status).toBe(200);
    await service.sql(`UPDATE users SET roles = '{support}' WHERE email = $1`, [one.email]);
    // P3 allows one second; a busy machine can need more.
    const isStale = async () => (await enter(one.access_token, 'admins')).status === 401;
    await waitUntil('the older token to be refused', isStale, { timeoutMs: 5_000 });

    for (const { access_token, refresh_token } of [one, other]) {
      expect(await enter(access_token, 'admins')).toMatchObject(STALE);
      const { body } = await service.api.refresh(refresh_token);
      expect((await enter(body.access_token, 'admins')).status).toBe(403);
      expect((await enter(body.access_token, 'staff')).status).toBe(200);
    }
  });
});
