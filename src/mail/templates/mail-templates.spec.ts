import { NO_BRAND } from '../../brand/brand.js';
import { LANGUAGES } from '../../languages/languages.js';
import type { MailableEvent } from '../../policy/mailed-events.js';
import { MailLayout } from './mail-layout.js';
import { MailTemplates } from './mail-templates.js';

const ORIGIN = 'https://id.example.com';
const RESET_URL = `${ORIGIN}/account/forgot-password`;

function textOf(kind: MailableEvent, language: keyof typeof LANGUAGES = 'en'): string {
  const templates = new MailTemplates(ORIGIN, NO_BRAND, new MailLayout(), LANGUAGES[language]);
  return templates.securityEvent('ada@example.org', kind, { at: new Date() }, null).text;
}

describe('the mail about a security event', () => {
  it.each(['impossible_travel', 'password_changed'] as const)('asks whether %s was the user', (kind) => {
    expect(textOf(kind)).toContain(`If this wasn't you, reset your password at ${RESET_URL}`);
  });

  it.each(['refresh_token_reused', 'session_ended_suspicious'] as const)(
    'does not ask whether the user caused %s, which the service did',
    (kind) => {
      const english = textOf(kind);
      expect(english).not.toContain('this wasn');
      expect(english).toContain(
        `If someone else may have access to your account, reset your password at ${RESET_URL}`,
      );
      const german = textOf(kind, 'de');
      expect(german).not.toContain('Falls Sie das nicht waren');
      expect(german).toContain(`setzen Sie Ihr Passwort zurück: ${RESET_URL}`);
    },
  );
});
