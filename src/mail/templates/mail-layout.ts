import type { Mail } from '../mail.js';
import { escapeHtml } from './mail-text.js';

/** What a mail says, in the order in which it is read. */
export interface Letter {
  /** Our own words only: it is a header. */
  readonly subject: string;
  readonly opening: string;
  /** `['Device', 'Chrome on macOS']` */
  readonly facts?: readonly (readonly [string, string])[];
  readonly action?: { readonly label: string; readonly url: string };
  readonly closing: string;
}

/** The letter as plain text, and as simple HTML without anything to fetch. */
export function layOut(to: string, { subject, opening, facts = [], action, closing }: Letter): Mail {
  const text = [
    opening,
    facts.map(([name, value]) => `${name}: ${value}`).join('\n'),
    action ? `${action.label}:\n${action.url}` : '',
    closing,
  ];
  const html = [
    paragraph(escapeHtml(opening)),
    facts.length > 0 ? paragraph(facts.map(factLine).join('<br>')) : '',
    action ? paragraph(`<a href="${escapeHtml(action.url)}">${escapeHtml(action.label)}</a>`) : '',
    paragraph(escapeHtml(closing)),
  ];
  return {
    to,
    subject,
    text: `${text.filter((part) => part !== '').join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body>${html.join('')}</body></html>`,
    link: action?.url ?? null,
  };
}

function factLine([name, value]: readonly [string, string]): string {
  return `${escapeHtml(name)}: <strong>${escapeHtml(value)}</strong>`;
}

function paragraph(content: string): string {
  return `<p>${content}</p>`;
}
