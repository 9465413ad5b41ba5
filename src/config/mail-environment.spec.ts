import { MAILABLE_EVENTS } from '../policy/mailed-events.js';
import { readEnvironment } from './environment.js';

describe('the environment of mails', () => {
  const read = (env: Record<string, string>) => readEnvironment(env, () => Buffer.alloc(32));

  it('is complete without a variable', () => {
    const { mail, web } = read({});
    expect(web.origin).toBe('http://localhost:3000');
    expect(mail).toMatchObject({ smtpUrl: null, from: 'Latchkey <no-reply@localhost>' });
    expect(mail.events).toContain('new_device_sign_in');
  });

  it('takes the origin of links from the issuer, unless it has one of its own', () => {
    const LATCHKEY_ISSUER = 'https://id.example.com/issuer/';
    expect(read({ LATCHKEY_ISSUER }).web.origin).toBe('https://id.example.com');
    expect(read({ LATCHKEY_ISSUER, LATCHKEY_ORIGIN: 'https://www.example.com:8443' })).toMatchObject({
      web: { origin: 'https://www.example.com:8443' },
      mail: { from: 'Latchkey <no-reply@www.example.com>' },
    });
  });

  it.each([
    ['social', 'new_device_sign_in', true],
    ['social', 'client_changed', true],
    ['streaming', 'new_device_sign_in', false],
    ['streaming', 'device_token_shared', true],
    ['streaming', 'refresh_token_reused', true],
    ['bank', 'client_changed', true],
  ] as const)('by the policy %s, of %s: %s', (LATCHKEY_POLICY, event, isMailed) => {
    expect(read({ LATCHKEY_POLICY }).mail.events.includes(event)).toBe(isMailed);
  });

  it('mails what it is told to, whatever the policy', () => {
    const mailed = (MAILED_EVENTS: string) => read({ LATCHKEY_POLICY: 'bank', MAILED_EVENTS }).mail.events;
    expect(mailed('none')).toEqual([]);
    expect(mailed('password_reset, client_changed')).toEqual(['password_reset', 'client_changed']);
    expect(mailed(MAILABLE_EVENTS.join(','))).toEqual(MAILABLE_EVENTS);
  });

  it.each([
    ['MAIL_FROM', 'no address'],
    ['MAIL_FROM', 'a@example.com\r\nBcc: b@example.com'],
    ['MAIL_FROM', 'A <a@example.com>, B <b@example.com>'],
    ['MAIL_FROM', '"A" <a@example.com>'],
    ['SMTP_URL', 'mail.example.com:25'],
    ['SMTP_URL', 'http://mail.example.com'],
    ['LATCHKEY_ORIGIN', 'example.com'],
    ['LATCHKEY_ORIGIN', 'javascript:alert(1)'],
    ['MAILED_EVENTS', 'everything'],
  ])('refuses %s=%j by its name', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name} must`));
  });

  it.each(['a@example.com', 'Latchkey <a@example.com>', 'Müller & Söhne <konto@müller.example>'])(
    'takes the sender %s',
    (MAIL_FROM) => {
      expect(read({ MAIL_FROM }).mail.from).toBe(MAIL_FROM);
    },
  );
});
