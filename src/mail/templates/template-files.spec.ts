import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_BRAND } from '../../brand/brand.js';
import { LANGUAGES, type LanguageTag } from '../../languages/languages.js';
import { MailLayout } from './mail-layout.js';
import { mailLayout, UnusableMailTemplate } from './template-files.js';

const MAIL = { to: 'ada@example.org', site: 'id.example.com', brand: NO_BRAND };
const CONTENT = { subject: 'Subject', opening: 'Opening & more.', closing: 'Closing.' };

describe('the mail templates of an operator', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-templates-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const render = (layout: MailLayout, tag: LanguageTag = 'en') =>
    layout.render({ ...MAIL, language: LANGUAGES[tag], ...CONTENT });
  const write = (name: string, template: string) => writeFileSync(join(directory, name), template);

  it('replace the default ones one by one, with escaped values in HTML', () => {
    write('mail.html', '<p><%= it.opening %> <%= it.to %></p>');
    const { html, text } = render(mailLayout(directory));
    expect(html).toBe('<p>Opening &amp; more. ada@example.org</p>');
    expect(text).toBe(render(new MailLayout()).text);
  });

  it('replace the default ones in one language only', () => {
    write('mail.de.txt', 'Deutsch: <%= it.opening %>');
    write('mail.txt', 'Any: <%= it.opening %>');
    const layout = mailLayout(directory);
    expect(render(layout, 'de').text).toBe('Deutsch: Opening & more.');
    expect(render(layout, 'en').text).toBe('Any: Opening & more.');
    expect(render(layout, 'de').html).toBe(render(new MailLayout(), 'de').html);
  });

  it.each([
    ['has a template for a language that the service does not have', () => write('mail.dee.html', '<p>')],
    ['has a template that fails in one language', () => write('mail.de.txt', '<%= it.nothing.at.all %>')],
    ['is empty', () => {}],
    ['has a template that does not compile', () => write('mail.html', '<% if (')],
    ['has a template that fails', () => write('mail.txt', '<%= it.nothing.at.all %>')],
    [
      'does not exist',
      () => {
        directory = join(directory, 'missing');
      },
    ],
  ])('are refused with the name of their directory if it %s', (_, arrange) => {
    const parent = directory;
    arrange();
    expect(() => mailLayout(directory)).toThrow(UnusableMailTemplate);
    expect(() => mailLayout(directory)).toThrow(directory);
    directory = parent;
  });
});
