import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../../src/database/data-source.js';
import { PostgresServer } from '../../support/postgres-server.js';
import { unprivilegedUser } from '../../support/run-as.js';
import { COMMAND, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';
import { createTlsFiles, type TlsFiles } from '../../support/tls-files.js';

const PASSWORD = `p@ss/w:rd?#%&+ ü'"`;

describe('DATABASE_URL', () => {
  let files: TlsFiles;
  let directory: string;
  let server: PostgresServer;

  beforeAll(async () => {
    files = await createTlsFiles(unprivilegedUser());
    directory = join(files.key, '..');
    const access = join(directory, 'hba.conf');
    // The owner comes without a password, everyone else over TLS or the socket.
    await writeFile(
      access,
      [
        'host all postgres 127.0.0.1/32 trust',
        'hostssl all all all scram-sha-256',
        'local all all scram-sha-256',
      ].join('\n'),
    );
    server = await PostgresServer.start({
      settings: {
        ssl: 'on',
        ssl_ca_file: files.authority,
        ssl_cert_file: files.certificate,
        ssl_key_file: files.key,
        unix_socket_directories: directory,
        hba_file: access,
      },
    });
    const owner = new Client({ connectionString: server.url });
    await owner.connect();
    await owner.query(`CREATE ROLE service LOGIN PASSWORD ${owner.escapeLiteral(PASSWORD)}`);
    await owner.query('ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO service');
    await owner.end();
  }, 120_000);
  afterAll(async () => {
    await server?.dispose();
    await files?.remove();
  });

  const login = `service:${encodeURIComponent(PASSWORD)}`;
  const overTls = (query: string, host = 'localhost') =>
    `postgres://${login}@${host}:${server.port}/postgres?${query}`;

  async function connected(url: string): Promise<Record<string, unknown>> {
    const dataSource = await new DataSource(dataSourceOptions(url, 1)).initialize();
    try {
      const [row] = await dataSource.query(
        'SELECT current_user AS role, coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS tls',
      );
      return row;
    } finally {
      await dataSource.destroy();
    }
  }

  it.each(['require', 'verify-ca', 'verify-full'])(
    'reaches a server with an own CA with sslmode=%s',
    async (mode) => {
      const url = overTls(`sslmode=${mode}&sslrootcert=${encodeURIComponent(files.authority)}`);
      expect(await connected(url)).toEqual({ role: 'service', tls: true });
    },
  );

  it.each([
    ['of an unknown authority', () => overTls('sslmode=require'), /self.signed certificate|unable to verify/],
    [
      'for another name',
      () => overTls(`sslmode=verify-full&sslrootcert=${files.authority}`, '127.0.0.1'),
      /does not match certificate/,
    ],
  ])('refuses a certificate %s', async (_, url, message) => {
    await expect(connected(url())).rejects.toThrow(message);
  });

  it('does not verify with sslmode=no-verify', async () => {
    expect(await connected(overTls('sslmode=no-verify'))).toEqual({ role: 'service', tls: true });
  });

  it('can name the directory of a socket', async () => {
    const urls = [
      `postgres://${login}@/postgres?host=${directory}&port=${server.port}`,
      `postgres:///postgres?host=${directory}&port=${server.port}&user=service&password=${encodeURIComponent(PASSWORD)}`,
      `postgres://${login}@${encodeURIComponent(directory)}:${server.port}/postgres`,
    ];
    for (const url of urls) expect(await connected(url)).toEqual({ role: 'service', tls: false });
  });

  it('may be of a role that cannot change the schema, beside DATABASE_MIGRATION_URL', async () => {
    const env = serviceEnv(overTls(`sslmode=verify-full&sslrootcert=${files.authority}`), {
      DATABASE_MIGRATION_URL: server.url,
    });
    const refused = await runProgram(COMMAND, ['migrate', 'run'], { ...env, DATABASE_MIGRATION_URL: '' });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^latchkey: Postgres refuses this: permission denied [^\n]*\n$/);
    const migrated = await runProgram(COMMAND, ['migrate', 'run'], env);
    expect(migrated).toMatchObject({ code: 0, stdout: expect.stringContaining('applied') });
    const service = await ServiceProcess.start({ ...env, MIGRATE_ON_START: 'true' });
    try {
      const { api } = service;
      const { access_token, refresh_token } = await api.newcomer();
      const refreshed = await api.refresh(refresh_token);
      expect(refreshed.status).toBe(200);
      expect((await api.me(access_token)).status).toBe(200);
      expect((await api.logout(refreshed.body.access_token)).status).toBe(204);
      expect((await api.call('GET', '/health/ready')).body.status).toBe('ready');
    } finally {
      await service.stop();
    }
  });
});
