import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { PrivateServer } from '../private-server.js';
import { unprivilegedUser } from '../run-as.js';

export interface PatroniNodeOptions {
  readonly name: string;
  /** The path of Patroni. */
  readonly patroni: string;
  /** The directory of the Postgres programs. */
  readonly postgres: string;
  readonly etcdPort: number;
  /** Whether commits wait for a standby. */
  readonly isSynchronous: boolean;
}

/** What Patroni says about a member of its cluster. A standby that commits wait for has the role `sync_standby`. */
export interface PatroniMember {
  readonly name: string;
  readonly role: 'leader' | 'replica' | 'sync_standby';
  readonly state: string;
  /** Bytes that it is behind the leader. */
  readonly lag?: number | 'unknown';
}

/**
 * Runs a program and adopts its daemons. Patroni starts Postgres as one, which would otherwise become a child of process
 * 1, and no test could find it. 36 is PR_SET_CHILD_SUBREAPER.
 */
const ADOPTING = `
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
while os.wait()[0] != child: pass
`;

/** How Patroni decides. Its defaults (30 s, 10 s, 10 s) would make a test wait for half a minute. */
const TIMES = { ttl: 6, loop_wait: 1, retry_timeout: 2, primary_start_timeout: 0 };

/** Patroni and its Postgres. `kill` and `pause` act on both, as when a machine fails. */
export class PatroniNode extends PrivateServer {
  protected override readonly stopSignal = 'SIGTERM';
  private restPort = 0;

  constructor(private readonly options: PatroniNodeOptions) {
    super('patroni', unprivilegedUser());
  }

  get name(): string {
    return this.options.name;
  }

  override get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  /** The address of Patroni's own interface, which health checks ask for the role of the node. */
  get checkedPort(): number {
    return this.restPort;
  }

  /** Whether it is the primary, and holds the leader's lock. */
  async isPrimary(): Promise<boolean> {
    return this.isRunning && (await this.read('/primary')).ok;
  }

  /** What this node knows about the cluster. @throws when Patroni does not answer */
  async members(): Promise<PatroniMember[]> {
    const response = await this.read('/cluster');
    return ((await response.json()) as { members: PatroniMember[] }).members;
  }

  private read(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.restPort}${path}`, { signal: AbortSignal.timeout(2_000) });
  }

  /** Sends a request to Patroni. @returns the status and the text of its answer */
  async ask(path: string, body: object): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.restPort}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, text: await response.text() };
  }

  protected override async prepare(): Promise<void> {
    this.restPort = await freePort();
  }

  protected override command(): [string, ...string[]] {
    const file = join(this.directory, 'patroni.yml');
    // YAML includes JSON. The port is not known before.
    writeFileSync(file, JSON.stringify(this.configuration()));
    return ['/usr/bin/python3', '-c', ADOPTING, this.options.patroni, file];
  }

  protected override async answers(): Promise<boolean> {
    return (await this.read('/health')).ok;
  }

  private configuration() {
    const { name, postgres, etcdPort, isSynchronous } = this.options;
    const rest = `127.0.0.1:${this.restPort}`;
    const address = `127.0.0.1:${this.port}`;
    const superuser = { username: 'postgres' };
    return {
      scope: 'latchkey',
      name,
      restapi: { listen: rest, connect_address: rest },
      etcd3: { host: `127.0.0.1:${etcdPort}` },
      bootstrap: {
        dcs: {
          ...TIMES,
          synchronous_mode: isSynchronous,
          postgresql: { use_pg_rewind: true, parameters: { max_connections: 200, shared_buffers: '64MB' } },
        },
        initdb: ['no-sync', { encoding: 'UTF8' }, { locale: 'C' }, { auth: 'trust' }],
      },
      postgresql: {
        listen: address,
        connect_address: address,
        data_dir: join(this.directory, 'data'),
        bin_dir: postgres,
        pgpass: join(this.directory, 'pgpass'),
        authentication: { superuser, replication: superuser, rewind: superuser },
        pg_hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust'],
        parameters: { unix_socket_directories: '' },
        basebackup: [{ checkpoint: 'fast' }, 'no-sync'],
        remove_data_directory_on_diverged_timelines: true,
        remove_data_directory_on_rewind_failure: true,
      },
    };
  }
}
