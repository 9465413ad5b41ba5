import type { DataSource } from 'typeorm';
import type { BounceAddresses, MailedUser } from './bounce-addresses.js';
import { type DeliveryFailure, deliveryFailure } from './delivery-report.js';
import type { UndeliverableAddresses } from './undeliverable-addresses.js';

/** What was done with a mail to a bounce address. */
export type BounceOutcome =
  | { readonly ignored: 'not a bounce address of a user' | 'not a report of a failed delivery' }
  | { readonly userId: string; readonly failure: DeliveryFailure; readonly isUndeliverable: boolean };

/** Records the reports of mail servers that a mail could not be delivered. */
export class BounceReports {
  constructor(
    private readonly dataSource: DataSource,
    private readonly addresses: BounceAddresses,
    private readonly undeliverable: UndeliverableAddresses,
  ) {}

  /** @param recipient the address to which the report was sent; no header of the report is trusted */
  async receive(recipient: string, message: Buffer): Promise<BounceOutcome> {
    const userId = await this.userOf(recipient);
    if (userId === null) return { ignored: 'not a bounce address of a user' };
    const failure = await deliveryFailure(message);
    if (!failure) return { ignored: 'not a report of a failed delivery' };
    return { userId, failure, isUndeliverable: await this.undeliverable.record(userId, failure) };
  }

  private async userOf(recipient: string): Promise<string | null> {
    const id = this.addresses.userIdIn(recipient);
    if (id === null) return null;
    const [user] = await this.dataSource.query<MailedUser[]>(
      'SELECT id AS "userId", email FROM users WHERE id = $1',
      [id],
    );
    return user && this.addresses.isOf(recipient, user) ? user.userId : null;
  }
}
