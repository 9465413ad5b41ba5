import { readFileSync, writeFileSync } from 'node:fs';
import { chmod, cp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { PrivateServer } from '../private-server.js';
import { unprivilegedUser } from '../run-as.js';
import { inProject } from '../run-program.js';
import { NGINX_MAIN } from './nginx.js';

export const SITE = 'id.example.com';

/** A proxy program, and how it is started with its example. */
export interface FrontProxyKind {
  readonly name: string;
  readonly program: 'caddy' | 'nginx' | 'haproxy';
  /** @param file gives the path of a file in the server's own directory */
  arguments(file: (name: string) => string): string[];
}

export const FRONT_PROXIES: readonly FrontProxyKind[] = [
  {
    name: 'Caddy',
    program: 'caddy',
    arguments: (file) => ['run', '--adapter', 'caddyfile', '--config', file('Caddyfile')],
  },
  {
    name: 'nginx',
    program: 'nginx',
    arguments: (file) => ['-p', file('.'), '-c', file('nginx.conf'), '-e', 'stderr'],
  },
  { name: 'HAProxy', program: 'haproxy', arguments: (file) => ['-db', '-f', file('haproxy.cfg')] },
];

export interface FrontProxyParts {
  /** `host:port` of two instances. */
  readonly instances: readonly [string, string];
  /** PEM: certificate and key. */
  readonly certificate: string;
  readonly httpPort: number;
}

/** A proxy in front of the service, with its configuration in `examples/proxies`. */
export class FrontProxy extends PrivateServer {
  protected override readonly stopSignal: NodeJS.Signals = 'SIGTERM';

  constructor(
    private readonly example: FrontProxyKind,
    private readonly program: string,
    private readonly parts: FrontProxyParts,
  ) {
    super(`${example.program}-front`, unprivilegedUser());
  }

  override get url(): string {
    return `https://${SITE}:${this.port}`;
  }

  protected override async prepare(directory: string): Promise<void> {
    await cp(inProject(`examples/proxies/${this.example.program}`), directory, { recursive: true });
    await writeFile(join(directory, 'site.pem'), this.parts.certificate);
    await writeFile(join(directory, 'nginx.conf'), NGINX_MAIN);
    await chmod(directory, 0o777);
  }

  protected override command(): [string, ...string[]] {
    if (this.example.program === 'nginx') this.#fillTemplate();
    const variables = Object.entries(this.#variables).map(([name, value]) => `${name}=${value}`);
    const file = (name: string) => join(this.directory, name);
    return ['env', ...variables, this.program, ...this.example.arguments(file)];
  }

  protected override answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      const finish = (isOpen: boolean) => {
        socket.destroy();
        resolve(isOpen);
      };
      socket.once('connect', () => finish(true)).once('error', () => finish(false));
    });
  }

  get #variables(): Record<string, string> {
    const [one, two] = this.parts.instances;
    return {
      SITE,
      CERTIFICATE: join(this.directory, 'site.pem'),
      INSTANCE_1: one,
      INSTANCE_2: two,
      HTTP_PORT: String(this.parts.httpPort),
      HTTPS_PORT: String(this.port),
      HOME: this.directory,
    };
  }

  /** As the entry point of the official image does. The port is known only when the server starts. */
  #fillTemplate(): void {
    const template = readFileSync(join(this.directory, 'default.conf.template'), 'utf8');
    const text = template.replace(/\$\{(\w+)\}/g, (_, name: string) => this.#variables[name] ?? '');
    writeFileSync(join(this.directory, 'default.conf'), text);
  }
}
