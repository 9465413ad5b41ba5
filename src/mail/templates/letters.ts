import type { MailableEvent } from '../../policy/mailed-events.js';
import type { Letter } from './mail-layout.js';
import { instantText, quoted } from './mail-text.js';
import { NOTICES } from './notices.js';

/** What is told of a sign-in or a use. Whatever a client said of itself is in here. */
export interface NoticeFacts {
  readonly device?: string | null;
  readonly address?: string | null;
  readonly place?: string | null;
  readonly at: Date;
}

/** Links hold their token in the fragment, which browsers send to nobody: not in a request, not as a referrer. */
export class Letters {
  private readonly site: string;

  /** @param origin as configured: a request cannot choose where links lead */
  constructor(private readonly origin: string) {
    this.site = new URL(origin).host;
  }

  emailToConfirm(token: string): Letter {
    return {
      subject: 'Confirm your address',
      opening: `Somebody, you we hope, has registered at ${this.site} with this address.`,
      action: { label: 'Confirm that it is yours', url: this.link('confirm-email', token) },
      closing:
        'The link works once, for three days. If it was not you, do nothing: the address stays unconfirmed.',
    };
  }

  passwordToReset(token: string): Letter {
    return {
      subject: 'Set a new password',
      opening: `Somebody, you we hope, has asked for a new password for your account at ${this.site}.`,
      action: { label: 'Set a new password', url: this.link('reset-password', token) },
      closing:
        'The link works once, for 30 minutes. If it was not you, do nothing: your password stays as it is.',
    };
  }

  /** Of what goes on, and can be taken back. */
  disownable(kind: MailableEvent, facts: NoticeFacts, token: string): Letter {
    return {
      ...this.notice(kind, facts),
      action: { label: "This wasn't me", url: this.link('disown', token) },
      closing:
        'If it was you, there is nothing to do. If not, follow the link: it signs that device out and asks for a new password. It works once, for seven days.',
    };
  }

  notice(kind: MailableEvent, facts: NoticeFacts): Letter {
    const { subject, opening } = NOTICES[kind];
    return {
      subject,
      opening: opening.replace('%', this.site),
      facts: factLines(facts),
      closing: `If this was not you, set a new password at ${this.origin}/account/forgot-password and look through your devices.`,
    };
  }

  private link(page: string, token: string): string {
    return `${this.origin}/account/${page}#token=${token}`;
  }
}

function factLines({ device, address, place, at }: NoticeFacts): [string, string][] {
  const lines: [string, string | null | undefined][] = [
    ['Device', device && `“${quoted(device)}”`],
    ['Network address', address],
    ['Place', place && quoted(place)],
    ['When', instantText(at)],
  ];
  return lines.filter((line): line is [string, string] => Boolean(line[1]));
}
