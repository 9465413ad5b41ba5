import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningApp, startApp } from '../../support/app.js';

describe('the refresh grace', () => {
  let service: RunningApp;

  afterEach(() => service?.close());

  /** Refreshes, and uses the new access token. */
  const refreshAndUse = async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    const { body } = await api.refresh(tokens.refresh_token);
    expect((await api.me(body.access_token)).status).toBe(200);
    return { tokens, body };
  };

  it('ends, after which the predecessor of a used token counts as reuse', async () => {
    service = await startApp({ REFRESH_GRACE: '1s' });
    const { api } = service;
    const { tokens, body } = await refreshAndUse();
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
    const { body } = await refreshAndUse();
    await sleep(1_100);
    expect((await service.api.refresh(body.refresh_token)).status).toBe(200);
  });

  it('can be disabled: the predecessor counts as reuse as soon as its successor has been used', async () => {
    service = await startApp({ REFRESH_GRACE: '0' });
    const { api } = service;
    const { tokens, body } = await refreshAndUse();
    expect(await api.refresh(tokens.refresh_token)).toMatchObject({
      status: 401,
      body: { code: 'invalid_grant', reason: 'refresh_reuse' },
    });
    expect((await api.me(body.access_token)).status).toBe(401);
  });
});
