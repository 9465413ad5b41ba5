import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../../src/database/data-source.js';
import { ENTITIES } from '../../../src/entities.js';
import { emailConfirmationMail, passwordResetMail, securityEventMail } from '../../../src/mail/new-mail.js';
import { Outbox } from '../../../src/mail/outbox.js';
import { OutboxMail } from '../../../src/mail/outbox-mail.entity.js';
import { OutboxQueue } from '../../../src/mail/outbox-queue.js';
import { newEmail } from '../../support/api.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { testConfig } from '../../support/test-config.js';

const POOL_SIZE = 5;

/** As many at once as there are connections: on a busy machine, more would wait for one longer than the pool allows. */
async function atOnce(times: number, work: () => Promise<unknown>): Promise<void> {
  const oneAfterTheOther = async () => {
    for (let n = 0; n < times / POOL_SIZE; n++) await work();
  };
  await Promise.all(Array.from({ length: POOL_SIZE }, oneAfterTheOther));
}

describe('the outbox', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let queue: OutboxQueue;
  let outbox: Outbox;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await new DataSource({
      ...dataSourceOptions(database.url, POOL_SIZE),
      entities: [...ENTITIES],
    }).initialize();
    queue = new OutboxQueue(dataSource);
    outbox = new Outbox(testConfig(database.url));
  });

  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  beforeEach(async () => {
    await dataSource.query('DELETE FROM users');
    await dataSource.query('DELETE FROM mail_outbox');
  });

  const addUser = async (): Promise<string> => {
    const [user] = await dataSource.query<{ id: string }[]>(
      `INSERT INTO users (id, email, password_hash, email_confirmed_at)
       VALUES (gen_random_uuid(), $1, 'x', now()) RETURNING id`,
      [newEmail()],
    );
    return String(user?.id);
  };
  const forgot = (email: string, network: string) =>
    outbox.request(dataSource.manager, passwordResetMail(email, network));
  const notify = (userId: string) =>
    outbox.notify(dataSource.manager, securityEventMail('new_device_sign_in', userId, {}));
  const waiting = () => dataSource.getRepository(OutboxMail).count();
  const taken = async (limit: number, noticeLimit = limit) => {
    const mails = await queue.take(limit, noticeLimit);
    return mails.map(({ facts, userId }) => facts.email ?? userId).sort();
  };

  it('merges requests for the same mail to one mailbox, also when they come at once', async () => {
    const userId = await addUser();
    await atOnce(100, () => forgot('ada@example.org', '192.0.2.1'));
    for (let n = 0; n < 5; n++) {
      await outbox.request(dataSource.manager, emailConfirmationMail(userId, '192.0.2.1'));
    }
    expect(await waiting()).toBe(2);
    const [mail] = await queue.take(1, 0);
    await forgot('ada@example.org', '192.0.2.1');
    expect(await waiting()).toBe(2);
    if (mail) await queue.remove(mail);
    await forgot('ada@example.org', '192.0.2.1');
    await outbox.request(dataSource.manager, emailConfirmationMail(userId, '192.0.2.1'));
    expect(await waiting()).toBe(2);
  });

  it('sends mails that people asked for before notices', async () => {
    const userId = await addUser();
    for (let n = 0; n < 5; n++) await notify(userId);
    await forgot('ada@example.org', '192.0.2.1');
    expect(await taken(1)).toEqual(['ada@example.org']);
    expect(await taken(3, 2)).toEqual([userId, userId]);
    expect(await taken(10, 0)).toEqual([]);
  });

  it('sends a mail for one network before the rest of the many that another network asked for', async () => {
    for (let n = 0; n < 50; n++) await forgot(`flood-${n}@example.org`, '192.0.2.1');
    await forgot('ada@example.org', '198.51.100.7');
    expect(await taken(2)).toEqual(['ada@example.org', 'flood-0@example.org']);
  });

  it('sends a notice of one user before the rest of those of another', async () => {
    const [noisy, quiet] = [await addUser(), await addUser()];
    for (let n = 0; n < 8; n++) await notify(noisy);
    await notify(quiet);
    expect(await taken(2)).toEqual([noisy, quiet].sort());
  });

  it('stores a limited number of notices, however many events happen at once', async () => {
    const userId = await addUser();
    await atOnce(200, () =>
      dataSource.transaction((manager) =>
        outbox.notify(manager, securityEventMail('new_device_sign_in', userId, {})),
      ),
    );
    expect(await waiting()).toBe(11);
    const [digest] = await dataSource.getRepository(OutboxMail).findBy({ kind: 'notice_digest' });
    expect(digest?.facts).toEqual({ counts: { new_device_sign_in: 190 } });
  });

  it('begins another digest while one is being sent', async () => {
    const userId = await addUser();
    for (let n = 0; n < 12; n++) await notify(userId);
    await dataSource.query(
      `UPDATE mail_outbox SET next_attempt_at = now(), attempts = 1 WHERE kind = 'notice_digest'`,
    );
    await notify(userId);
    const digests = await dataSource.getRepository(OutboxMail).findBy({ kind: 'notice_digest' });
    expect(digests.map(({ facts }) => facts)).toEqual(
      expect.arrayContaining([{ counts: { new_device_sign_in: 2 } }, { counts: { new_device_sign_in: 1 } }]),
    );
  });
});
