import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.js';

const NEWEST_MAX = 100;

export interface WrittenMail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly writtenAt: Date;
}

type MailConfig = Pick<Config, 'production' | 'mail'>;

/** Whether mail is written to files instead of being sent. */
export function writesMailToFiles({ production, mail }: MailConfig): boolean {
  return !production && mail.smtpUrl === null;
}

export function outboxDirectory({ dataDir }: Pick<Config, 'dataDir'>): string {
  return join(dataDir, 'outbox');
}

/** The mails that `FileTransport` has written. */
export class WrittenMails {
  constructor(private readonly directory: string) {}

  /** The newest ones, newest first: the id of a mail begins with its time. */
  async list(): Promise<WrittenMail[]> {
    // No directory before the first mail.
    const names = await readdir(this.directory).catch(() => []);
    const ids = names.filter((name) => name.endsWith('.txt')).map((name) => name.slice(0, -'.txt'.length));
    const newest = ids.sort().reverse().slice(0, NEWEST_MAX);
    const mails = await Promise.all(newest.map((id) => this.find(id)));
    return mails.filter((mail) => mail !== null);
  }

  /** @param id must not be a path */
  async find(id: string): Promise<WrittenMail | null> {
    const file = join(this.directory, `${id}.txt`);
    const content = await readFile(file, 'utf8').catch(() => null);
    const [, to, subject, text] = /^To: ([^\n]*)\nSubject: ([^\n]*)\n\n(.*)$/s.exec(content ?? '') ?? [];
    if (to === undefined || subject === undefined || text === undefined) return null;
    return { id, to, subject, text, writtenAt: (await stat(file)).mtime };
  }

  /** The HTML part. @param id must not be a path */
  async findHtml(id: string): Promise<string | null> {
    return readFile(join(this.directory, `${id}.html`), 'utf8').catch(() => null);
  }
}
