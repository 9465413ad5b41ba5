import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDebianPackage } from '../../support/debian-package.js';
import { freePort } from '../../support/free-port.js';
import { reapWith } from '../../support/orphan-reaper.js';
import { directoryWith, pathDirectories } from '../../support/programs.js';
import { waitUntil } from '../../support/wait-until.js';

const EXAMPLE = fileURLToPath(new URL('../../../examples/gateways/nginx/', import.meta.url));

/** Where there is nginx, also if `PATH` has no folders for administrators; installed on Debian. `null`: nowhere. */
export async function findNginx(): Promise<string | null> {
  const find = () => directoryOfNginx([...pathDirectories(), '/usr/sbin', '/usr/local/sbin']);
  return (await find()) ?? ((await installDebianPackage('nginx-light')) ? find() : null);
}

/** nginx with the configuration of the example, in front of an application that answers everything. */
export class NginxGateway {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  /**
   * @param directory for its files
   * @param edge the Unix socket of `latchkey-edge`
   */
  static async start(nginx: string, directory: string, edge: string): Promise<NginxGateway> {
    const port = await freePort();
    const upstream = join(directory, 'upstream.sock');
    const template = await readFile(join(EXAMPLE, 'default.conf.template'), 'utf8');
    const server = template
      .replaceAll(`\${LISTEN}`, `127.0.0.1:${port}`)
      .replaceAll(`\${APP}`, `unix:${upstream}`)
      .replaceAll(`\${EDGE}`, `unix:${edge}`);
    await copyFile(join(EXAMPLE, 'latchkey-check.conf'), join(directory, 'latchkey-check.conf'));
    await writeFile(join(directory, 'nginx.conf'), configuration(directory, upstream, server));
    const child = spawn(nginx, ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr'], {
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    reapWith(child);
    const gateway = new NginxGateway(`http://127.0.0.1:${port}`, child);
    await waitUntil('nginx listens', async () => (await fetch(`${gateway.url}/public`)).ok);
    return gateway;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await closed;
  }
}

async function directoryOfNginx(directories: string[]): Promise<string | null> {
  const directory = await directoryWith(['nginx'], directories, 1);
  return directory && join(directory, 'nginx');
}

function configuration(directory: string, upstream: string, server: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
master_process off;
pid ${join(directory, 'nginx.pid')};
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${join(directory, name)};`).join('\n  ')}
  ${server}
  server {
    listen unix:${upstream};
    location / { return 200; }
  }
}
`;
}
