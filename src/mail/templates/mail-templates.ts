import type { Brand } from '../../brand/brand.js';
import type { Language } from '../../languages/language.js';
import { MAILABLE_EVENTS, type MailableEvent } from '../../policy/mailed-events.js';
import type { Mail } from '../mail.js';
import { type EventDetails, eventDetails } from './event-details.js';
import type { MailContent, MailLayout } from './mail-layout.js';

/** The events after which the service revoked a session itself. */
const SIGNED_OUT_BY_SERVICE: ReadonlySet<MailableEvent> = new Set([
  'refresh_token_reused',
  'session_ended_suspicious',
]);

/**
 * Writes every mail in one language. Links carry their token in the fragment, which browsers never send in a request or
 * referrer.
 */
export class MailTemplates {
  private readonly product: string;
  private readonly resetUrl: string;

  /** @param origin from the configuration, so that no request can choose where links lead */
  constructor(
    private readonly origin: string,
    private readonly brand: Brand,
    private readonly layout: MailLayout,
    private readonly language: Language,
  ) {
    this.product = brand.name ?? new URL(origin).host;
    this.resetUrl = `${origin}/account/forgot-password`;
  }

  emailConfirmation(to: string, token: string): Mail {
    const { subject, opening, action, rejection, closing } = this.language.mail.emailConfirmation;
    return this.render(to, {
      subject,
      opening: opening(this.product),
      action: { label: action, url: this.link('confirm-email', token) },
      alternative: { label: rejection, url: this.link('reject-registration', token) },
      closing,
    });
  }

  passwordReset(to: string, token: string): Mail {
    const { subject, opening, action: label, closing } = this.language.mail.passwordReset;
    const action = { label, url: this.link('reset-password', token) };
    return this.render(to, { subject, opening: opening(this.product), action, closing });
  }

  /** @param rejectionToken for the link "This wasn't me"; `null` if there is nothing to undo */
  securityEvent(to: string, kind: MailableEvent, details: EventDetails, rejectionToken: string | null): Mail {
    const { events, advice, adviceAfterSignOut, signInRejection } = this.language.mail;
    const { subject, opening } = events[kind];
    const event = {
      subject,
      opening: opening(this.product),
      details: eventDetails(details, this.language),
    };
    if (rejectionToken === null) {
      const closing = SIGNED_OUT_BY_SERVICE.has(kind) ? adviceAfterSignOut : advice;
      return this.render(to, { ...event, closing: closing(this.resetUrl) });
    }
    const { action: label, closing } = signInRejection;
    return this.render(to, {
      ...event,
      action: { label, url: this.link('disown', rejectionToken) },
      closing,
    });
  }

  /** @param counts how many notices of each kind got no mail of their own */
  noticeDigest(to: string, counts: Readonly<Record<string, number>>): Mail {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const { noticeDigest, events } = this.language.mail;
    const { subject, opening, action: label, closing } = noticeDigest;
    return this.render(to, {
      subject,
      opening: opening(this.product, total),
      details: MAILABLE_EVENTS.filter((kind) => counts[kind]).map((kind) => [
        events[kind].subject,
        String(counts[kind]),
      ]),
      action: { label, url: `${this.origin}/account` },
      closing: closing(this.resetUrl),
    });
  }

  private render(to: string, content: MailContent): Mail {
    const { brand, language, origin } = this;
    return this.layout.render({ to, brand, language, site: new URL(origin).host, ...content });
  }

  private link(page: string, token: string): string {
    return `${this.origin}/account/${page}#token=${token}`;
  }
}
