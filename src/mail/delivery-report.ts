import PostalMime from 'postal-mime';

/** A mail that was not delivered. */
export interface DeliveryFailure {
  /** Enhanced code (RFC 3463), such as `5.1.1`. */
  readonly status: string;
  /** Of the server that refused it; empty if it is not known. */
  readonly reply: string;
}

/**
 * Reads a report about mail (RFC 3464), which mail servers send to the envelope sender.
 *
 * @returns `null` for other mails, and for a report that a mail is late or was delivered
 */
export async function deliveryFailure(message: Buffer): Promise<DeliveryFailure | null> {
  const { attachments } = await PostalMime.parse(message);
  const report = attachments.find(({ mimeType }) => mimeType === 'message/delivery-status');
  if (!report) return null;
  const text =
    typeof report.content === 'string'
      ? report.content
      : Buffer.from(report.content as ArrayBuffer).toString('utf8');
  // A group of fields about the mail is followed by one for each recipient.
  const groups = text.split(/\r?\n[ \t]*\r?\n/).map(unfolded);
  const failed = groups.find((group) => field(group, 'Action').toLowerCase() === 'failed');
  if (failed === undefined) return null;
  return {
    status: /^\d\.\d{1,3}\.\d{1,3}\b/.exec(field(failed, 'Status'))?.[0] ?? '',
    // `smtp; 550 5.1.1 no such user`
    reply: field(failed, 'Diagnostic-Code').replace(/^[^;]*;\s*/, ''),
  };
}

/** RFC 5322 2.2.3. */
function unfolded(group: string): string {
  return group.replace(/\r?\n[ \t]+/g, ' ');
}

function field(group: string, name: string): string {
  return new RegExp(`^${name}:(.*)$`, 'im').exec(group)?.[1]?.trim() ?? '';
}
