import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersQueries } from './answers-queries.js';
import { debianProgram } from './debian-program.js';
import { PrivateServer } from './private-server.js';
import { MissingProgram } from './programs.js';
import { unprivilegedUser } from './run-as.js';

export type PoolMode = 'session' | 'transaction';

/** The path of PgBouncer, or `null`, with a line that says so, when it cannot be installed. */
export async function findPgBouncer(): Promise<string | null> {
  try {
    return await debianProgram('pgbouncer');
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    process.stderr.write(`left out: the tests behind PgBouncer, because ${error.message}\n`);
    return null;
  }
}

/** A private PgBouncer with its default settings, in front of one database. */
export class PgBouncerServer extends PrivateServer {
  protected override readonly stopSignal = 'SIGTERM';

  private constructor(
    private readonly program: string,
    private readonly database: URL,
    private readonly mode: PoolMode,
  ) {
    super('pgbouncer', unprivilegedUser());
  }

  static async start(program: string, databaseUrl: string, mode: PoolMode): Promise<PgBouncerServer> {
    return new PgBouncerServer(program, new URL(databaseUrl), mode).start();
  }

  override get url(): string {
    return `postgres://latchkey@127.0.0.1:${this.port}${this.database.pathname}`;
  }

  protected override async prepare(): Promise<void> {}

  protected override command(): [string, ...string[]] {
    const { hostname, port, username, password, pathname } = this.database;
    const name = pathname.slice(1);
    const file = join(this.directory, 'pgbouncer.ini');
    const target = `host=${hostname} port=${port || 5432} user=${username} password=${password} dbname=${name}`;
    // The port is not known before.
    writeFileSync(
      file,
      `[databases]
${name} = ${target}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${this.port}
unix_socket_dir =
auth_type = any
pool_mode = ${this.mode}
`,
    );
    return [this.program, file];
  }

  protected override answers(): Promise<boolean> {
    return answersQueries(this.url);
  }
}
