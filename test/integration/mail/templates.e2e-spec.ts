import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newEmail } from '../../support/api.js';
import { type RunningApp, startApp } from '../../support/app.js';
import { Mailbox } from '../../support/mailbox.js';
import { COMMAND, runProgram } from '../../support/run-program.js';

const CONFIRM = 'Confirm your email address';

describe('mail templates', () => {
  let directory: string;
  let mailbox: Mailbox;
  let service: RunningApp | undefined;

  beforeEach(async () => {
    directory = join(mkdtempSync(join(tmpdir(), 'latchkey-templates-')), 'mail');
    mailbox = await Mailbox.open();
  });
  afterEach(async () => {
    await service?.close();
    service = undefined;
    await mailbox.close();
    rmSync(join(directory, '..'), { recursive: true });
  });

  it('are written by a command, which overwrites nothing, and used once they are changed', async () => {
    const written = await runProgram(COMMAND, ['mail-templates', directory], {});
    expect(written.code).toBe(0);
    const file = join(directory, 'mail.html');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('<%= it.brand.name %>', 'Our brand'));
    const again = await runProgram(COMMAND, ['mail-templates', directory], {});
    expect({ code: again.code, stderr: again.stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^latchkey: EEXIST: [^\n]+\n$/),
    });

    service = await startApp({ SMTP_URL: mailbox.url, MAIL_TEMPLATES: directory });
    const email = newEmail();
    await service.api.register(email);
    const { html, text } = await mailbox.waitFor(email, CONFIRM);
    expect(html).toContain('Our brand');
    expect(text).toContain(`Sent to ${email} about your account`);
  });

  it('are sent as a text part and an HTML part in UTF-8', async () => {
    service = await startApp({ SMTP_URL: mailbox.url });
    const email = newEmail();
    await service.api.register(email);
    const { raw } = await mailbox.waitFor(email, CONFIRM);
    expect(raw).toMatch(/^Content-Type: multipart\/alternative;/m);
    expect(raw).toMatch(/^Content-Type: text\/plain; charset=utf-8/m);
    expect(raw).toMatch(/^Content-Type: text\/html; charset=utf-8/m);
  });
});
