import { Eta } from 'eta/core';
import type { Brand } from '../../brand/brand.js';
import { shownEmail } from '../../email-addresses/address-text.js';
import type { Language } from '../../languages/language.js';
import type { InlineImage, Mail } from '../mail.js';
import { DEFAULT_TEMPLATES } from './default-templates.js';

/** The parts of a mail, in reading order. */
export interface MailContent {
  /** Becomes a header: fixed words only, nothing that a client has chosen. */
  readonly subject: string;
  readonly opening: string;
  /** `['Device', 'Chrome on macOS']` */
  readonly details?: readonly (readonly [string, string])[];
  readonly action?: { readonly label: string; readonly url: string };
  /** A second choice, after the action. */
  readonly alternative?: { readonly label: string; readonly url: string };
  readonly closing: string;
}

export interface MailToRender extends MailContent {
  /** Address of the account. */
  readonly to: string;
  readonly brand: Brand;
  readonly language: Language;
  /** Host name of the service. */
  readonly site: string;
}

export type TemplateName = keyof typeof DEFAULT_TEMPLATES;
/** Templates for all languages, and those for one: `mail.html`, `mail.de.html`. */
export type TemplateTexts = Readonly<Record<TemplateName, string>> & Readonly<Record<string, string>>;

const LOGO: Omit<InlineImage, 'bytes'> = { id: 'logo', type: 'image/png' };

/** Writes mails in one layout, as plain text and as HTML, in which every value is escaped. */
export class MailLayout {
  private readonly text = new Eta({ autoEscape: false, autoTrim: false });
  private readonly html = new Eta({ autoEscape: true, autoTrim: false });

  /** @throws if a template cannot be compiled */
  constructor(private readonly templates: TemplateTexts = DEFAULT_TEMPLATES) {
    for (const [name, template] of Object.entries(templates))
      (name.endsWith('.txt') ? this.text : this.html).loadTemplate(`@${name}`, template);
  }

  render(mail: MailToRender): Mail {
    const { to, subject, brand, action, language } = mail;
    const { tag } = language.about;
    // Mail programs show no SVG image.
    const logo = brand.logo?.type === 'image/png' ? { ...LOGO, bytes: brand.logo.bytes } : null;
    const values = templateValues(mail, logo && `cid:${logo.id}`);
    const html = this.html.render(this.templateFor('mail.html', tag), values);
    return {
      to,
      subject,
      text: this.text.render(this.templateFor('mail.txt', tag), values),
      html,
      images: logo && html.includes(`cid:${logo.id}`) ? [logo] : [],
      link: action?.url ?? null,
    };
  }

  private templateFor(name: TemplateName, tag: string): string {
    const own = name.replace('.', `.${tag}.`);
    return Object.hasOwn(this.templates, own) ? `@${own}` : `@${name}`;
  }
}

/** What templates can use; docs/operations.md lists it. */
function templateValues(mail: MailToRender, logo: string | null) {
  const { site, brand, language, subject, opening, action, alternative, details = [], closing } = mail;
  const { about, mail: texts } = language;
  const to = shownEmail(mail.to);
  const name = brand.name ?? site;
  return {
    to,
    site,
    language: about.tag,
    direction: about.direction,
    brand: { name, url: brand.url, logo },
    colors: brand.colors,
    subject,
    // Mail programs show it after the subject in their list.
    preheader: opening,
    opening,
    details,
    actions: [
      ...(action ? [{ ...action, isMain: true }] : []),
      ...(alternative ? [{ ...alternative, isMain: false }] : []),
    ],
    closing,
    footer: texts.footer(to, name),
  };
}
