/** A mail as it is handed to the server. No part of it but the texts may hold what a client has said. */
export interface Mail {
  /** The address, and nothing but. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The one link in it, for whoever develops without a mail server. */
  readonly link: string | null;
}

export interface IdentifiedMail extends Mail {
  /** The same at every attempt to send it. */
  readonly id: string;
}

/** Where mails go. */
export interface MailTransport {
  /** Resolves once the mail is somebody else's to deliver. @throws {RecipientRefused} or whatever went wrong */
  send(mail: IdentifiedMail): Promise<void>;
  close(): void;
}

/** There is no such mailbox, and there will be none: another attempt is of no use. */
export class RecipientRefused extends Error {
  override readonly name = 'RecipientRefused';
}
