import { readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { debianProgram } from '../debian-program.js';
import { Gateway, type GatewayParts } from './gateway.js';
import type { GatewayKind } from './gateway-suite.js';

/** What the packaged `nginx.conf` has around the example, with everything in the server's own directory. */
export const NGINX_MAIN = `
error_log stderr warn;
pid nginx.pid;
daemon off;
worker_processes 2;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include default.conf;
}
`;

class Nginx extends Gateway {
  constructor(
    private readonly program: string,
    parts: GatewayParts,
  ) {
    super('nginx', parts);
  }

  protected override async prepare(directory: string): Promise<void> {
    await super.prepare(directory);
    await writeFile(join(directory, 'nginx.conf'), NGINX_MAIN);
  }

  protected override command(): [string, ...string[]] {
    this.#fillTemplate();
    return [this.program, '-p', this.directory, '-c', join(this.directory, 'nginx.conf'), '-e', 'stderr'];
  }

  /** As the entry point of the official image does. The port is known only when the server starts. */
  #fillTemplate(): void {
    const { variables } = this;
    const template = readFileSync(join(this.directory, 'default.conf.template'), 'utf8');
    const text = template.replace(/\$\{(\w+)\}/g, (_, name: string) => variables[name] ?? '');
    writeFileSync(join(this.directory, 'default.conf'), text);
  }
}

export const nginx: GatewayKind = {
  name: 'nginx',
  find: () => debianProgram('nginx'),
  create: (program, parts) => new Nginx(program, parts),
};
