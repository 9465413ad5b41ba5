import type { Mailbox, ReceivedMail } from './mailbox.js';
import { waitUntil } from './wait-until.js';

/** The last segment of the path that a mailed link leads to. */
export type LinkedPage = 'confirm-email' | 'reset-password' | 'disown';

/** The newest mail to the address whose link leads to the page, once there are `count` of them. */
export async function waitForMailTo(
  mailbox: Mailbox,
  address: string,
  page: LinkedPage,
  count = 1,
): Promise<ReceivedMail> {
  const found = () => mailbox.to(address).filter(({ text }) => text.includes(`/account/${page}#token=`));
  await waitUntil(`${count} mails to ${address} with a link to ${page}`, () => found().length >= count, {
    timeoutMs: 30_000,
  });
  return found().at(-1) as ReceivedMail;
}
