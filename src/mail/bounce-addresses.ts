import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { parse } from 'uuid';

export interface MailedUser {
  readonly userId: string;
  readonly email: string;
}

const KEY_BYTES = 32;
const MAC_BYTES = 8;
const TAG = /\+([0-9a-f]{32})([0-9a-f]{16})@/;

/**
 * The envelope senders of mails, one for each user (VERP). Anyone can send a report of a failed delivery, but only the
 * servers that have handled a mail to a user know the address to which such a report has to be sent.
 */
export class BounceAddresses {
  private readonly key: Buffer;

  /** @param address `bounces@example.com`; its server has to accept `bounces+...@example.com`, too */
  constructor(
    secret: Buffer,
    private readonly address: string,
  ) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'latchkey bounce address', KEY_BYTES));
  }

  /**
   * The same for every mail to an address of a user, because greylisting waits for a sender that it knows. Hexadecimal,
   * because servers may change the case.
   */
  of({ userId, email }: MailedUser): string {
    const id = Buffer.from(parse(userId));
    const [local, domain] = this.address.split('@');
    return `${local}+${id.toString('hex')}${this.mac(id, email).toString('hex')}@${domain}`;
  }

  /** The id in a bounce address, without hyphens; `isOf` tells whether the address is genuine. */
  userIdIn(bounceAddress: string): string | null {
    return TAG.exec(bounceAddress.toLowerCase())?.[1] ?? null;
  }

  isOf(bounceAddress: string, { userId, email }: MailedUser): boolean {
    const [, id, mac] = TAG.exec(bounceAddress.toLowerCase()) ?? [];
    const expectedId = Buffer.from(parse(userId));
    if (id !== expectedId.toString('hex') || mac === undefined) return false;
    return timingSafeEqual(Buffer.from(mac, 'hex'), this.mac(expectedId, email));
  }

  /** Short: a local part has at most 64 characters, and each guess would be a mail. */
  private mac(id: Buffer, email: string): Buffer {
    return createHmac('sha256', this.key).update(id).update(email).digest().subarray(0, MAC_BYTES);
  }
}
