import { setTimeout as sleep } from 'node:timers/promises';
import type { Guard } from '@latchkey/guard';
import { ServiceForGuards } from './service-for-guards.js';

const IDLE_MS = 8_000;
/** Before the access token expires, which lives as long as the idle lifetime. */
const LAST_USE_MS = 6_000;
/** After the idle lifetime, with everything that is allowed for late reports, counted from the use before. */
const REFRESH_MS = 10_200;
/**
 * Usually, a guard reports every 5 s. Between the last use and the refresh of a session are 4.2 s, and the sessions are less
 * than the other 0.8 s apart: there would be no report about one of them in time.
 */
const SESSIONS = 7;
const APART_MS = 720;

describe('with a short idle lifetime, a session that is used only behind a guard', () => {
  let service: ServiceForGuards;
  let guard: Guard;

  beforeAll(async () => {
    service = await ServiceForGuards.start({ SESSION_IDLE_TTL: `${IDLE_MS}ms` });
    guard = await service.guard();
  });
  afterAll(() => service?.stop());

  async function refreshAfterUse(): Promise<number> {
    const { access_token, refresh_token } = await service.api.newcomer();
    await guard.check(access_token);
    await sleep(LAST_USE_MS);
    await guard.check(access_token);
    await sleep(REFRESH_MS - LAST_USE_MS);
    return (await service.api.refresh(refresh_token)).status;
  }

  it('does not expire because the report about its last use comes too late', async () => {
    const statuses = await Promise.all(
      Array.from({ length: SESSIONS }, async (_, index) => {
        await sleep(index * APART_MS);
        return refreshAfterUse();
      }),
    );
    expect(statuses).toEqual(Array(SESSIONS).fill(200));
  });
});
