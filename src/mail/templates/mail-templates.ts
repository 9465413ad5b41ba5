import { MAILABLE_EVENTS, type MailableEvent } from '../../policy/mailed-events.js';
import type { Mail } from '../mail.js';
import { instantText, quoted } from './detail-text.js';
import { render } from './mail-layout.js';
import {
  ADVICE,
  EMAIL_CONFIRMATION,
  NOTICE_DIGEST,
  PASSWORD_RESET,
  SECURITY_EVENTS,
  SIGN_IN_REJECTION,
} from './mail-texts.js';

/** What a security mail says about the sign-in or use. Clients choose some of these texts. */
export interface EventDetails {
  readonly device?: string | null;
  /** Network address of the client. */
  readonly address?: string | null;
  readonly place?: string | null;
  readonly at: Date;
}

/** Writes every mail. Links carry their token in the fragment, which browsers never send in a request or referrer. */
export class MailTemplates {
  private readonly site: string;

  /** @param origin from the configuration, so that no request can choose where links lead */
  constructor(private readonly origin: string) {
    this.site = new URL(origin).host;
  }

  emailConfirmation(to: string, token: string): Mail {
    const { subject, opening, action, rejection, closing } = EMAIL_CONFIRMATION;
    return render(to, {
      subject,
      opening: opening(this.site),
      action: { label: action, url: this.link('confirm-email', token) },
      alternative: { label: rejection, url: this.link('reject-registration', token) },
      closing,
    });
  }

  passwordReset(to: string, token: string): Mail {
    const { subject, opening, action: label, closing } = PASSWORD_RESET;
    const action = { label, url: this.link('reset-password', token) };
    return render(to, { subject, opening: opening(this.site), action, closing });
  }

  /** @param rejectionToken for the link "This wasn't me"; `null` if there is nothing to undo */
  securityEvent(to: string, kind: MailableEvent, details: EventDetails, rejectionToken: string | null): Mail {
    const { subject, opening } = SECURITY_EVENTS[kind];
    const event = { subject, opening: opening(this.site), details: detailLines(details) };
    if (rejectionToken === null) return render(to, { ...event, closing: ADVICE.closing(this.origin) });
    const { action: label, closing } = SIGN_IN_REJECTION;
    return render(to, { ...event, action: { label, url: this.link('disown', rejectionToken) }, closing });
  }

  /** @param counts how many notices of each kind got no mail of their own */
  noticeDigest(to: string, counts: Readonly<Record<string, number>>): Mail {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const { subject, opening, action: label, closing } = NOTICE_DIGEST;
    return render(to, {
      subject,
      opening: opening(this.site, total),
      details: MAILABLE_EVENTS.filter((kind) => counts[kind]).map((kind) => [
        SECURITY_EVENTS[kind].subject,
        String(counts[kind]),
      ]),
      action: { label, url: `${this.origin}/account` },
      closing: closing(this.origin),
    });
  }

  private link(page: string, token: string): string {
    return `${this.origin}/account/${page}#token=${token}`;
  }
}

function detailLines({ device, address, place, at }: EventDetails): [string, string][] {
  const lines: [string, string | null | undefined][] = [
    ['Device', device && `“${quoted(device)}”`],
    ['Location', place && quoted(place)],
    ['IP address', address],
    ['Time', instantText(at)],
  ];
  return lines.filter((line): line is [string, string] => Boolean(line[1]));
}
