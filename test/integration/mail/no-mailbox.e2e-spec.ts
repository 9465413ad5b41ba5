import { startApp } from '../../support/app.js';

describe('the mailbox of development', () => {
  it.each([
    ['a mail server', { SMTP_URL: 'smtp://127.0.0.1:1' }],
    [
      'production',
      {
        NODE_ENV: 'production',
        LATCHKEY_SECRET: 's'.repeat(32),
        HOST: '127.0.0.1',
        DATABASE_URL: 'postgres://x',
      },
    ],
  ])('does not exist with %s', async (_, env) => {
    const running = await startApp(env);
    try {
      expect((await fetch(`${running.url}/dev/mails`)).status).toBe(404);
    } finally {
      await running.close();
    }
  });
});
