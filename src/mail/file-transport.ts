import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Logger } from '@nestjs/common';
import { privateDirectory } from '../config/private-directory.js';
import type { IdentifiedMail, InlineImage, MailTransport } from './mail.js';

/** For development without a mail server: writes both parts of each mail to files and logs its link. */
export class FileTransport implements MailTransport {
  private readonly logger = new Logger('Mail');

  constructor(private readonly directory: string) {}

  async send({ id, to, subject, text, html, images, link }: IdentifiedMail): Promise<void> {
    privateDirectory(dirname(this.directory));
    privateDirectory(this.directory);
    const file = join(this.directory, `${id}.txt`);
    await writeFile(join(this.directory, `${id}.html`), withImages(html, images), { mode: 0o600 });
    await writeFile(file, `To: ${to}\nSubject: ${subject}\n\n${text}`, { mode: 0o600 });
    this.logger.log(`mail "${subject}" written to ${file}${link ? `: ${link}` : ''}`);
  }

  close(): void {}
}

/** A file has no parts that it could refer to. */
function withImages(html: string, images: readonly InlineImage[]): string {
  return images.reduce(
    (text, { id, type, bytes }) =>
      text.replaceAll(`cid:${id}`, `data:${type};base64,${bytes.toString('base64')}`),
    html,
  );
}
