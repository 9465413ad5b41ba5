import { SurplusDeviceSweeper } from '../../../src/devices/surplus-device-sweeper.js';
import { type RunningApp, startApp } from '../../support/app.js';

const ADD_DEVICES = `
  INSERT INTO devices (id, user_id, token_hash, name, kind, last_seen_at)
  SELECT gen_random_uuid(), user_id, sha256(n::text::bytea), $2, 'other', now() - n * interval '1 minute'
  FROM devices, generate_series(1, $3::integer) AS n WHERE id = $1`;
const ADD_SESSIONS = `
  INSERT INTO sessions (id, user_id, device_id, amr, sweep_at, status, ended_at, ended_reason, ended_by)
  SELECT gen_random_uuid(), user_id, id, '{pwd}', now(), 'revoked', now() - $2::interval, 'logout', 'operator'
  FROM devices WHERE name = $1`;

describe('the devices of a user', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service?.close());

  it('are at most 1,000, without those that logged in least recently and have no session of the last day', async () => {
    const owner = await service.api.newcomer();
    await service.sql(ADD_DEVICES, [owner.device_id, 'kept', 997]);
    for (const [name, endedFor] of [
      ['ended long ago', '2 days'],
      ['ended today', '2 hours'],
    ]) {
      await service.sql(
        `INSERT INTO devices (id, user_id, token_hash, name, kind, last_seen_at)
         SELECT gen_random_uuid(), user_id, sha256($2::text::bytea), $2::text, 'other', now() - interval '40 days' FROM devices WHERE id = $1`,
        [owner.device_id, name],
      );
      await service.sql(ADD_SESSIONS, [name, endedFor]);
    }
    await service.sql(ADD_DEVICES.replace('n::text', "('old ' || n)").replace('1 minute', '30 days'), [
      owner.device_id,
      'old',
      600,
    ]);
    // The device that makes 1,000 kept ones, besides the owner's first.
    await service.api.session(owner.email);
    await service.api.session(owner.email);

    const sweeper = service.app.get(SurplusDeviceSweeper, { strict: false });
    await sweeper.sweep();
    await sweeper.sweep();
    const left = await service.sql(
      `SELECT name, count(*)::integer AS count FROM devices d JOIN users u ON u.id = d.user_id
       WHERE u.email = $1 AND name IN ('kept', 'old', 'ended long ago', 'ended today') GROUP BY name ORDER BY name`,
      [owner.email],
    );
    expect(left).toEqual([
      { name: 'ended today', count: 1 },
      { name: 'kept', count: 997 },
    ]);
    const orphans = await service.sql(
      'SELECT FROM session_events e WHERE NOT EXISTS (SELECT FROM sessions s WHERE s.id = e.session_id)',
    );
    expect(orphans).toEqual([]);
    expect((await service.api.me(owner.access_token)).status).toBe(200);
  });
});
