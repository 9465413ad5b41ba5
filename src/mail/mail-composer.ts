import type { ComposedMail } from './mail.js';
import type { QueuedMail } from './queued-mail.js';

/** Writes the mails that the dispatcher sends. The account module provides it, since only it can create links. */
export abstract class MailComposer {
  /**
   * May be called again for the same mail, after an attempt that failed.
   *
   * @returns `null` if there is no recipient or no longer a reason to send it
   */
  abstract compose(mail: QueuedMail): Promise<ComposedMail | null>;
}
