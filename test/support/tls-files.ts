import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianProgram } from './debian-program.js';
import type { RunAs } from './run-as.js';

const run = promisify(execFile);

export interface TlsFiles {
  /** A certificate by its own certificate authority. */
  readonly authority: string;
  /** A certificate for `localhost` from that authority, and its key. */
  readonly certificate: string;
  readonly key: string;
  remove(): Promise<void>;
}

/** Creates the files as the user that a server runs as. @throws {MissingProgram} */
export async function createTlsFiles(runAs: RunAs): Promise<TlsFiles> {
  const openssl = await debianProgram('openssl');
  const { stdout } = await run('mktemp', ['-d', join(tmpdir(), 'latchkey-tls-XXXXXX')], {
    ...runAs,
    cwd: '/',
  });
  const directory = stdout.trim();
  const at = (name: string) => join(directory, name);
  const create = (...args: string[]) =>
    run(
      openssl,
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', ...args],
      {
        ...runAs,
        cwd: directory,
      },
    );
  await create('-subj', '/CN=test authority', '-keyout', at('authority.key'), '-out', at('authority.pem'));
  await create(
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ...['-CA', at('authority.pem'), '-CAkey', at('authority.key')],
    ...['-keyout', at('server.key'), '-out', at('server.pem')],
  );
  return {
    authority: at('authority.pem'),
    certificate: at('server.pem'),
    key: at('server.key'),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Settings of a Redis server or a sentinel that also listens on `port` with TLS, and connects to others with TLS. */
export function redisTls({ authority, certificate, key }: TlsFiles, port: number): Record<string, string> {
  return {
    'tls-port': String(port),
    'tls-ca-cert-file': authority,
    'tls-cert-file': certificate,
    'tls-key-file': key,
    'tls-auth-clients': 'no',
    'tls-replication': 'yes',
  };
}
