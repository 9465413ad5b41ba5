import { type GuardMessage, RawGuard } from '../../support/raw-guard.js';
import { type Instances, startInstances } from '../../support/start-instances.js';
import { waitUntil } from '../../support/wait-until.js';

const ORDERS = { id: 'orders-api', secret: 'a secret of the orders api' };
const CLIENTS = [{ client_id: ORDERS.id, client_secrets: [ORDERS.secret], permissions: ['guard'] }];

describe('guards of two instances', () => {
  let instances: Instances;
  let guards: RawGuard[];

  beforeAll(async () => {
    instances = await startInstances({ LATCHKEY_CLIENTS: JSON.stringify(CLIENTS) });
  }, 180_000);
  beforeEach(async () => {
    guards = await Promise.all(
      instances.services.map(({ url }) => RawGuard.join(url, { ...ORDERS, acknowledges: false })),
    );
    await Promise.all(guards.map((guard) => guard.holdLease()));
  });
  afterEach(() => Promise.all(guards.map((guard) => guard.close())));
  afterAll(() => instances?.stop());

  it('each have an end in force before the revoke is answered by either instance', async () => {
    for (const { api } of instances.services) {
      const { access_token, session_id } = await api.newcomer();
      let isAnswered = false;
      const heard = guards.map(
        (guard) =>
          new Promise<boolean>((resolve) => {
            guard.onMessage = (message: GuardMessage) => {
              if (message.type !== 'ends') return;
              resolve(isAnswered);
              guard.send({ type: 'ack', seq: message.seq });
            };
          }),
      );
      const { status } = await api.logout(access_token);
      isAnswered = true;
      expect(status).toBe(204);
      expect(await Promise.all(heard)).toEqual([false, false]);
      for (const guard of guards)
        expect(guard.endedSessions).toContainEqual({ sid: session_id, reason: 'logout' });
    }
  });

  it('are waited for when they do not acknowledge, and only until their leases have ended', async () => {
    const [{ api }] = instances.services;
    const { access_token } = await api.newcomer();
    const revoked = api.logout(access_token);
    await waitUntil('the guards hear of it', () =>
      guards.every(({ endedSessions }) => endedSessions.length > 0),
    );
    expect((await revoked).status).toBe(204);
  });

  it('may reconnect to the other instance, which has the ends in its snapshot', async () => {
    const [one, other] = instances.services;
    const { access_token, session_id } = await one.api.newcomer();
    for (const guard of guards) guard.acknowledges = true;
    expect((await one.api.logout(access_token)).status).toBe(204);
    const moved = await RawGuard.join(other.url, ORDERS);
    guards.push(moved);
    expect(moved.snapshotSessions).toContainEqual({ sid: session_id, reason: 'logout' });
  });
});
