import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { answersQueries } from '../answers-queries.js';
import { debianProgram } from '../debian-program.js';
import { PrivateServer } from '../private-server.js';
import type { PatroniNode } from './patroni-node.js';

/** HAProxy in front of the nodes of Patroni, as Patroni's documentation recommends: it leads to the primary only. */
export class PrimaryBalancer extends PrivateServer {
  protected override readonly stopSignal = 'SIGTERM';

  private constructor(
    private readonly program: string,
    private readonly nodes: readonly PatroniNode[],
  ) {
    super('haproxy');
  }

  /** @throws {MissingProgram} */
  static async start(nodes: readonly PatroniNode[]): Promise<PrimaryBalancer> {
    return new PrimaryBalancer(await debianProgram('haproxy'), nodes).start();
  }

  override get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  /** Whether connections lead to this node, and to no other. HAProxy finds out later than Patroni. */
  async leadsTo({ name: primary }: PatroniNode): Promise<boolean> {
    const socket = connect(this.#statistics);
    socket.end('show stat\n');
    const rows = (await text(socket)).split('\n').map((row) => row.split(','));
    const column = rows[0]?.indexOf('status') ?? -1;
    return this.nodes.every(({ name }) => {
      const status = rows.find(([, server]) => server === name)?.[column] ?? '';
      return status.startsWith('UP') === (name === primary);
    });
  }

  get #statistics(): string {
    return join(this.directory, 'haproxy.sock');
  }

  protected override async prepare(): Promise<void> {}

  protected override command(): [string, ...string[]] {
    const file = join(this.directory, 'haproxy.cfg');
    const servers = this.nodes.map(
      ({ name, port, checkedPort }) => `  server ${name} 127.0.0.1:${port} check port ${checkedPort}`,
    );
    // The ports are not known before.
    writeFileSync(
      file,
      `global
  stats socket ${this.#statistics}
defaults
  mode tcp
  timeout connect 2s
  timeout client 30m
  timeout server 30m
  timeout check 1s
listen primary
  bind 127.0.0.1:${this.port}
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${servers.join('\n')}
`,
    );
    return [this.program, '-db', '-f', file];
  }

  protected override answers(): Promise<boolean> {
    return answersQueries(this.url);
  }
}
