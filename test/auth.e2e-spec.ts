import { type RunningApp, startApp } from './support/app.js';

describe('logging in', () => {
  let service: RunningApp;

  beforeAll(async () => {
    service = await startApp();
  });

  afterAll(() => service?.close());

  it('answers with everything a client needs', async () => {
    const { api } = service;
    const tokens = await api.newcomer();
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
    const me = await api.me(tokens.access_token);
    expect(me.status).toBe(200);
    expect(me.body).toMatchObject({ user: { email: tokens.email }, session: { id: tokens.session_id } });
  });
});
