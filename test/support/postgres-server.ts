import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answersQueries } from './answers-queries.js';
import { postgresPrograms } from './postgres-programs.js';
import { PrivateServer } from './private-server.js';
import { unprivilegedUser } from './run-as.js';

const run = promisify(execFile);

export interface PostgresServerOptions {
  /** Flushes writes to disk before confirming them, as fault tests need; without it the server is much faster. */
  readonly durable?: boolean;
  /** Additional settings, such as `{ max_connections: '20' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Starts as a streaming standby: copies the data of `primary`, which must be stopped, and follows the server on `port`. */
  readonly standbyOf?: { readonly primary: PostgresServer; readonly port: number };
}

/** A private Postgres server, with superuser `postgres` and no password. */
export class PostgresServer extends PrivateServer {
  protected override readonly stopSignal = 'SIGINT';

  private constructor(
    private readonly programs: string,
    private readonly options: PostgresServerOptions,
  ) {
    super('postgres', unprivilegedUser());
  }

  static async start(options: PostgresServerOptions = {}): Promise<PostgresServer> {
    return new PostgresServer(await postgresPrograms(), options).start();
  }

  override get url(): string {
    return this.databaseUrl('postgres');
  }

  databaseUrl(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  private get dataDirectory(): string {
    return join(this.directory, 'data');
  }

  protected override async prepare(directory: string): Promise<void> {
    const { standbyOf } = this.options;
    if (standbyOf) {
      // Copied as the server's user, so that the files keep their owner.
      const { dataDirectory } = standbyOf.primary;
      await run('cp', ['-a', dataDirectory, directory], { ...unprivilegedUser(), cwd: directory });
      await writeFile(join(directory, 'data', 'standby.signal'), '');
      return;
    }
    await run(
      join(this.programs, 'initdb'),
      [
        ...['--pgdata', join(directory, 'data')],
        ...['--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
      ],
      { ...unprivilegedUser(), cwd: directory },
    );
  }

  protected override command(): [string, ...string[]] {
    const { standbyOf } = this.options;
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      shared_buffers: '64MB',
      max_connections: '200',
      ...(this.options.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
      ...(standbyOf ? { primary_conninfo: `host=127.0.0.1 port=${standbyOf.port} user=postgres` } : {}),
      ...this.options.settings,
    };
    return [
      join(this.programs, 'postgres'),
      ...['-D', this.dataDirectory, '-p', String(this.port)],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ];
  }

  protected override answers(): Promise<boolean> {
    return answersQueries(this.url);
  }
}
