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

/** A private PgBouncer with its default settings, in front of every database of a server. */
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
    return this.databaseUrl(this.database.pathname.slice(1));
  }

  databaseUrl(database: string): string {
    return `postgres://latchkey@127.0.0.1:${this.port}/${database}`;
  }

  protected override async prepare(): Promise<void> {}

  protected override command(): [string, ...string[]] {
    const { hostname, port, username, password } = this.database;
    const file = join(this.directory, 'pgbouncer.ini');
    const users = join(this.directory, 'users.txt');
    writeFileSync(users, '"latchkey" ""\n');
    const target = `host=${hostname} port=${port || 5432} user=${username}${password && ` password=${password}`}`;
    // The port is not known before.
    writeFileSync(
      file,
      `[databases]
* = ${target}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${this.port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = ${this.mode}
`,
    );
    return [this.program, file];
  }

  protected override answers(): Promise<boolean> {
    return answersQueries(this.url);
  }
}
