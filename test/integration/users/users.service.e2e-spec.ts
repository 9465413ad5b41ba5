import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { readEnvironment } from '../../../src/config/environment.js';
import { PasswordHasher } from '../../../src/credentials/password/password-hasher.js';
import { dataSourceOptions } from '../../../src/database/data-source.js';
import { User } from '../../../src/users/user.entity.js';
import { UsersService } from '../../../src/users/users.service.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { waitUntil } from '../../support/wait-until.js';

const PASSWORD = 'correct horse battery';
const NOBODY = '01994e5a-0000-7000-8000-000000000000';

function hasherWith(variables: Record<string, string> = {}): PasswordHasher {
  const env = { PASSWORD_HASH_MEMORY_KIB: '64', PASSWORD_HASH_PASSES: '1', ...variables };
  return new PasswordHasher(readEnvironment(env, () => randomBytes(32)));
}

describe('UsersService', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let users: UsersService;
  let made = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await new DataSource({
      ...dataSourceOptions(database.url, 10),
      entities: [User],
    }).initialize();
    users = usersWith(hasherWith());
  });

  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  const usersWith = (hasher: PasswordHasher) => new UsersService(dataSource.getRepository(User), hasher);
  const freshEmail = () => `person${++made}@example.org`;
  const freshUser = () => users.create({ email: freshEmail(), password: PASSWORD });

  describe('create', () => {
    it('stores the normalised address and a hash, never the password', async () => {
      const user = await users.create({
        email: 'Ada@Example.ORG',
        password: PASSWORD,
        roles: ['admin', 'admin'],
      });
      expect(user).toMatchObject({
        email: 'ada@example.org',
        status: 'active',
        roles: ['admin'],
        rolesVersion: 0,
        rolesChangedAt: null,
        rolesChangedXid: null,
        createdAt: expect.any(Date),
      });
      expect(await users.requireById(user.id)).toEqual(user);
      expect(JSON.stringify(user)).not.toContain(PASSWORD);
    });

    it('assigns ids in the order of creation', async () => {
      const first = await freshUser();
      await sleep(2);
      const second = await freshUser();
      expect(second.id > first.id).toBe(true);
    });

    it('refuses an address that is taken, in any case', async () => {
      const { email } = await freshUser();
      await expect(users.create({ email: email.toUpperCase(), password: PASSWORD })).rejects.toMatchObject({
        code: 'email_taken',
      });
    });

    it('lets one of twenty concurrent registrations have the address', async () => {
      const email = freshEmail();
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, () => users.create({ email, password: PASSWORD })),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'email_taken' });
      }
    });

    it.each([
      ['a common password', { email: 'new@example.org', password: 'password123' }, 'password_rejected'],
      [
        'a role with an odd name',
        { email: 'new@example.org', password: PASSWORD, roles: ['Admin'] },
        'validation_failed',
      ],
      ['no address', { email: 'new', password: PASSWORD }, 'validation_failed'],
      ['a NUL in the address', { email: 'n\0w@example.org', password: PASSWORD }, 'validation_failed'],
    ])('refuses %s and keeps nothing', async (_, user, code) => {
      await expect(users.create(user)).rejects.toMatchObject({ code });
      expect(await users.findByEmail('new@example.org')).toBeNull();
    });

    it.each(['İstanbul@example.org', 'ΟΔΟΣ@example.org', 'ǅ@example.org', 'ẞ@example.org', 'ϴ@example.org'])(
      'agrees with the database on the lower case of %s',
      async (email) => {
        const user = await users.create({ email, password: PASSWORD });
        expect(await users.findByEmail(email)).toEqual(user);
      },
    );
  });

  describe('findByEmail', () => {
    it('finds an address in any spelling', async () => {
      const user = await users.create({ email: 'jörg@example.org', password: PASSWORD });
      expect(await users.findByEmail('JO\u0308RG@EXAMPLE.org')).toEqual(user);
    });

    it('returns null for an unknown address', async () => {
      expect(await users.findByEmail('nobody@example.org')).toBeNull();
    });
  });

  it.each([NOBODY, '', 'x', "' OR 1=1", '\0'])('finds no user with the id %j', async (id) => {
    const unknown = { code: 'not_found' };
    await expect(users.requireById(id)).rejects.toMatchObject(unknown);
    await expect(users.grantRole(id, 'admin')).rejects.toMatchObject(unknown);
    await expect(users.revokeRole(id, 'admin')).rejects.toMatchObject(unknown);
    await expect(users.setStatus(id, 'disabled')).rejects.toMatchObject(unknown);
  });

  describe('list', () => {
    it('returns every user once, page by page', async () => {
      await freshUser();
      await freshUser();
      await freshUser();
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await users.list({ limit: 2, after });
        seen.push(...page.map(({ id }) => id));
        after = page.at(-1)?.id;
        if (page.length < 2) break;
      }
      const [{ count }] = await dataSource.query('SELECT count(*)::int FROM users');
      expect(new Set(seen).size).toBe(count);
      expect(seen).toEqual([...seen].sort());
    });

    it('refuses a cursor that is not an id', async () => {
      await expect(users.list({ limit: 2, after: 'x' })).rejects.toMatchObject({ code: 'validation_failed' });
    });
  });

  describe('verifyPassword', () => {
    it('accepts the right password, and no password for an unknown user', async () => {
      const user = await freshUser();
      expect(await users.verifyPassword(user, PASSWORD)).toBe(true);
      expect(await users.verifyPassword(user, 'wrong')).toBe(false);
      expect(await users.verifyPassword(null, PASSWORD)).toBe(false);
    });

    it('hashes again at a successful login after the parameters changed', async () => {
      const user = await freshUser();
      const stronger = usersWith(hasherWith({ PASSWORD_HASH_PASSES: '2' }));

      await stronger.verifyPassword(user, 'wrong');
      expect((await users.requireById(user.id)).passwordHash).toBe(user.passwordHash);

      expect(await stronger.verifyPassword(user, PASSWORD)).toBe(true);
      await waitUntil('the hash is renewed', async () => {
        return (await users.requireById(user.id)).passwordHash !== user.passwordHash;
      });
      const now = await users.requireById(user.id);
      expect(now.passwordHash).toMatch(/^\$argon2id\$v=19\$m=64,t=2,p=1\$/);
      expect(await stronger.verifyPassword(now, PASSWORD)).toBe(true);
      expect((await users.requireById(user.id)).passwordHash).toBe(now.passwordHash);
    });

    it('never overwrites a password that was changed during the login', async () => {
      const user = await freshUser();
      const changed = await hasherWith().hash('another fine password');
      await dataSource.getRepository(User).update(user.id, { passwordHash: changed });

      await usersWith(hasherWith({ PASSWORD_HASH_PASSES: '2' })).verifyPassword(user, PASSWORD);
      expect((await users.requireById(user.id)).passwordHash).toBe(changed);
    });

    it('accepts the right password even if the queue has no room to hash it again', async () => {
      const user = await freshUser();
      const hasher = hasherWith({
        PASSWORD_HASH_PASSES: '2',
        PASSWORD_HASH_CONCURRENCY: '1',
        PASSWORD_HASH_QUEUE: '1',
      });
      const busy = usersWith(hasher);
      const login = busy.verifyPassword(user, PASSWORD);
      const others: Promise<unknown>[] = [];
      // Keeps the one place and the one chair taken until the login is through.
      let through = false;
      const keepBusy = async () => {
        while (!through) await hasher.hash('x').catch(() => new Promise((resolve) => setImmediate(resolve)));
      };
      for (let n = 0; n < 4; n++) others.push(keepBusy());
      expect(await login).toBe(true);
      through = true;
      await Promise.all(others);
    });
  });

  describe('roles', () => {
    it('grants a role once, however often it is requested', async () => {
      const { id } = await freshUser();
      await users.grantRole(id, 'admin');
      const granted = await users.grantRole(id, 'support_2-x');
      expect(granted).toMatchObject({ roles: ['admin', 'support_2-x'], rolesVersion: 2 });
      expect(await users.grantRole(id, 'admin')).toEqual(granted);
    });

    it('removes a role once, and keeps the others', async () => {
      const { id } = await freshUser();
      await users.grantRole(id, 'admin');
      await users.grantRole(id, 'support');
      const left = await users.revokeRole(id, 'admin');
      expect(left).toMatchObject({ roles: ['support'], rolesVersion: 3, rolesChangedAt: expect.any(Date) });
      expect(await users.revokeRole(id, 'admin')).toEqual(left);
    });

    it('loses none of twenty roles granted at once', async () => {
      const { id } = await freshUser();
      const roles = Array.from({ length: 20 }, (_, n) => `role-${n}`);
      await Promise.all([...roles, ...roles].map((role) => users.grantRole(id, role)));
      const user = await users.requireById(id);
      expect([...user.roles].sort()).toEqual([...roles].sort());
      expect(user.rolesVersion).toBe(20);
    });

    it.each(['', 'Admin', '1st', 'a b', 'a,b', 'ä', `a${'b'.repeat(32)}`, 'admin\n', 'a\0'])(
      'refuses the name %j',
      async (role) => {
        const { id } = await freshUser();
        await expect(users.grantRole(id, role)).rejects.toMatchObject({ code: 'validation_failed' });
        await expect(users.revokeRole(id, role)).rejects.toMatchObject({ code: 'validation_failed' });
      },
    );
  });

  it('disables and enables again, without touching the roles', async () => {
    const { id } = await freshUser();
    expect(await users.setStatus(id, 'disabled')).toMatchObject({ status: 'disabled', rolesVersion: 0 });
    expect(await users.setStatus(id, 'disabled')).toMatchObject({ status: 'disabled' });
    expect(await users.setStatus(id, 'active')).toMatchObject({ status: 'active' });
  });
});
