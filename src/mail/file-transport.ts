import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Logger } from '@nestjs/common';
import { privateDirectory } from '../config/private-directory.js';
import type { IdentifiedMail, MailTransport } from './mail.js';

/** For development without a mail server: writes each mail to a file and logs its link. */
export class FileTransport implements MailTransport {
  private readonly logger = new Logger('Mail');

  constructor(private readonly directory: string) {}

  async send({ id, to, subject, text, link }: IdentifiedMail): Promise<void> {
    privateDirectory(dirname(this.directory));
    privateDirectory(this.directory);
    const file = join(this.directory, `${id}.txt`);
    await writeFile(file, `To: ${to}\nSubject: ${subject}\n\n${text}`, { mode: 0o600 });
    this.logger.log(`mail "${subject}" written to ${file}${link ? `: ${link}` : ''}`);
  }

  close(): void {}
}
