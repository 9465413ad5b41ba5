import { DataSource } from 'typeorm';
import { type RunningApp, startApp } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const PARALLEL = 16;

describe('a database whose default isolation is serializable', () => {
  let database: TestDatabase;
  let service: RunningApp;

  beforeAll(async () => {
    database = await createTestDatabase();
    const owner = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    await owner.query(`ALTER DATABASE "${database.name}" SET default_transaction_isolation = 'serializable'`);
    await owner.destroy();
    service = await startApp({}, { database });
  });
  afterAll(async () => {
    await service?.close();
    await database?.drop();
  });

  const inParallel = async (request: (index: number) => Promise<{ status: number }>) =>
    (await Promise.all(Array.from({ length: PARALLEL }, (_, index) => request(index)))).map(
      ({ status }) => status,
    );
  const allOf = (status: number) => Array.from({ length: PARALLEL }, () => status);

  it('answers parallel refreshes with one token', async () => {
    const { refresh_token } = await service.api.newcomer();
    expect(await inParallel(() => service.api.refresh(refresh_token))).toEqual(allOf(200));
  });

  it('answers parallel logouts of one account', async () => {
    const { email } = await service.api.newcomer();
    const sessions = await Promise.all(Array.from({ length: PARALLEL }, () => service.api.session(email)));
    expect(await inParallel((index) => service.api.logout(sessions[index]!.access_token))).toEqual(
      allOf(204),
    );
  });

  it('answers parallel sign-outs of all other devices', async () => {
    const { email } = await service.api.newcomer();
    const { access_token } = await service.api.session(email);
    const statuses = await inParallel(() =>
      service.api.call('DELETE', '/devices?except=current', { token: access_token }),
    );
    expect(statuses).toEqual(allOf(204));
  });
});
