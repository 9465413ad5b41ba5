import { domainToASCII } from 'node:url';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const BATCH = 1_000;
const UNIQUE_VIOLATION = '23505';

interface Row {
  readonly id: string;
  readonly email: string;
}

/**
 * Gives addresses one form: domains in ASCII, local parts without needless quotes. If several accounts have addresses of
 * one mailbox, one of them gets that form and the others keep their spelling, by which logins find them.
 */
export class OneAccountPerMailbox1795503880000 implements MigrationInterface {
  /** Each row is committed by itself: a long transaction would block logins, and rows are safe to process again. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS former_email_spellings (
        user_id uuid CONSTRAINT former_email_spellings_pkey PRIMARY KEY
          CONSTRAINT former_email_spellings_user_id_fkey REFERENCES users ON DELETE CASCADE,
        email text NOT NULL
      )`);
    let last = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      // The oldest account first: ids are in the order of creation.
      const rows: Row[] = await runner.query(
        `SELECT id, email FROM users
         WHERE id > $1 AND (octet_length(email) > length(email) OR left(email, 1) = '"') ORDER BY id LIMIT $2`,
        [last, BATCH],
      );
      for (const row of rows) await normalise(runner, row);
      if (rows.length < BATCH) return;
      last = rows.at(-1)?.id ?? last;
    }
  }

  /** The accounts that were created since keep their addresses, which earlier versions find in this form. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE users u SET email = f.email FROM former_email_spellings f
      WHERE u.id = f.user_id AND NOT EXISTS (SELECT FROM users other WHERE other.email = f.email)`);
    await runner.query('DROP TABLE former_email_spellings');
  }
}

async function normalise(runner: QueryRunner, { id, email }: Row): Promise<void> {
  const normal = normalForm(email);
  if (normal === email) return;
  try {
    await runner.query(
      `WITH changed AS (UPDATE users SET email = $3 WHERE id = $1 AND email = $2 RETURNING id)
       INSERT INTO former_email_spellings (user_id, email) SELECT id, $2 FROM changed
       ON CONFLICT (user_id) DO UPDATE SET email = excluded.email`,
      [id, email, normal],
    );
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== UNIQUE_VIOLATION) throw error;
  }
}

/** A copy of `normaliseEmail` of this version, for addresses that are lower-case already: migrations never change. */
function normalForm(email: string): string {
  const at = email.lastIndexOf('@');
  const [local, domain] = [email.slice(0, at), email.slice(at + 1)];
  const ascii = /^[a-z\d.\-\u0080-\u{10ffff}]+$/u.test(domain) ? domainToASCII(domain) : '';
  const isAscii = Buffer.byteLength(domain) === domain.length;
  const normal = `${plain(local)}@${isAscii || ascii === '' ? domain : ascii}`;
  return Buffer.byteLength(normal) <= 254 ? normal : email;
}

function plain(local: string): string {
  if (!/^"(?:[^"\\]|\\.)*"$/.test(local)) return local;
  const text = local.slice(1, -1).replace(/\\(.)/gu, '$1');
  const atom = "[\\w!#$%&'*+/=?^`{|}~\\u0080-\\u{10ffff}-]+";
  return new RegExp(`^${atom}(?:\\.${atom})*$`, 'u').test(text)
    ? text
    : `"${text.replace(/["\\]/g, '\\$&')}"`;
}
