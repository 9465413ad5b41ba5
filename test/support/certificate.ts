import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianProgram } from './debian-program.js';

/**
 * A self-signed certificate for a host, and its key: both in PEM.
 *
 * @throws {MissingProgram} without openssl
 */
export async function selfSignedCertificate(host: string): Promise<string> {
  const openssl = await debianProgram('openssl');
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-certificate-'));
  try {
    const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
    execFileSync(
      openssl,
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-noenc',
          '-days',
          '2',
        ],
        ...[
          '-subj',
          `/CN=${host}`,
          '-addext',
          `subjectAltName=DNS:${host}`,
          '-keyout',
          key,
          '-out',
          certificate,
        ],
      ],
      { stdio: 'ignore' },
    );
    return readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
