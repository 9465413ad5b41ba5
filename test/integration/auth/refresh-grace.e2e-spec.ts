import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningApp, startApp } from '../../support/app.js';

describe('the refresh grace', () => {
  let service: RunningApp;

  afterEach(() => service?.close());

  it('ends, after which the predecessor counts as reuse', async () => {
    service = await startApp({ REFRESH_GRACE: '1s' });
    const { api } = service;
    const tokens = await api.newcomer();
    const { body } = await api.refresh(tokens.refresh_token);
    await sleep(1_100);
    expect(await api.refresh(tokens.refresh_token)).toMatchObject({
      status: 401,
      body: { code: 'invalid_grant', reason: 'refresh_reuse' },
    });
    expect(await api.me(body.access_token)).toMatchObject({
      status: 401,
      body: { code: 'session_revoked', reason: 'refresh_reuse' },
    });
  });

  it('does not limit how long the current token is accepted', async () => {
    service = await startApp({ REFRESH_GRACE: '1s' });
    const { api } = service;
    const tokens = await api.newcomer();
    const { body } = await api.refresh(tokens.refresh_token);
    await sleep(1_100);
    expect((await api.refresh(body.refresh_token)).status).toBe(200);
  });

  it('can be disabled: the predecessor counts as reuse immediately', async () => {
    service = await startApp({ REFRESH_GRACE: '0' });
    const { api } = service;
    const tokens = await api.newcomer();
    const { body } = await api.refresh(tokens.refresh_token);
    expect(await api.refresh(tokens.refresh_token)).toMatchObject({
      status: 401,
      body: { code: 'invalid_grant', reason: 'refresh_reuse' },
    });
    expect((await api.me(body.access_token)).status).toBe(401);
  });
});
