import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Brand, NO_BRAND } from '../../brand/brand.js';
import { errorMessage } from '../../errors/error-message.js';
import { LANGUAGE_TAGS, LANGUAGES } from '../../languages/languages.js';
import { DEFAULT_TEMPLATES } from './default-templates.js';
import { type MailContent, MailLayout, type TemplateTexts } from './mail-layout.js';

/** A template of the operator cannot be used. The message is one line for the operator. */
export class UnusableMailTemplate extends Error {
  override readonly name = 'UnusableMailTemplate';
}

const ACTION = { label: 'Do something', url: 'https://id.example.com/account' };
const TRIALS: readonly MailContent[] = [
  { subject: 'Subject', opening: 'Opening.', closing: 'Closing.' },
  {
    subject: 'Subject',
    opening: 'Opening.',
    details: [['Device', 'Phone']],
    action: ACTION,
    alternative: ACTION,
    closing: 'Closing.',
  },
];

/** `mail.html` for every language, and `mail.de.html` for one. */
const NAMES = Object.keys(DEFAULT_TEMPLATES).flatMap((name) => [
  name,
  ...LANGUAGE_TAGS.map((tag) => name.replace('.', `.${tag}.`)),
]);
/** A misspelt name must not be ignored. */
const LOOKS_LIKE_TEMPLATE = /^mail\..*(html|txt)$/;

/**
 * The layout of mails, with the templates that the directory contains in place of the default ones.
 *
 * @param directory `null` for the default templates only
 * @throws {UnusableMailTemplate} at the start already, and not when the first mail is due
 */
export function mailLayout(directory: string | null, brand: Brand = NO_BRAND): MailLayout {
  if (directory === null) return new MailLayout();
  try {
    const layout = new MailLayout({ ...DEFAULT_TEMPLATES, ...ownTemplates(directory) } as TemplateTexts);
    for (const language of Object.values(LANGUAGES)) {
      for (const content of TRIALS)
        layout.render({ to: 'ada@example.org', site: 'id.example.com', brand, language, ...content });
    }
    return layout;
  } catch (error) {
    throw new UnusableMailTemplate(
      `the mail templates in ${directory} cannot be used: ${errorMessage(error)}`,
      { cause: error },
    );
  }
}

function ownTemplates(directory: string): Readonly<Record<string, string>> {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const found = names.filter((name) => LOOKS_LIKE_TEMPLATE.test(name));
  const unknown = found.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')} is for no language of the service`);
  const own = Object.fromEntries(found.map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
  const isChanged = ([name, text]: [string, string]) =>
    text !== (DEFAULT_TEMPLATES as Readonly<Record<string, string>>)[name];
  if (!Object.entries(own).some(isChanged))
    throw new Error(`it contains none of ${Object.keys(DEFAULT_TEMPLATES).join(', ')}`);
  return own;
}
