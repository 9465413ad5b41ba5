import { join } from 'node:path';
import { debianProgram } from '../debian-program.js';
import { Gateway, type GatewayParts } from './gateway.js';
import type { GatewayKind } from './gateway-suite.js';

class Caddy extends Gateway {
  constructor(
    private readonly program: string,
    parts: GatewayParts,
  ) {
    super('caddy', parts);
  }

  protected override get variables(): Record<string, string> {
    return { ...super.variables, LISTEN: `:${this.port}`, HOME: this.directory };
  }

  protected override command(): [string, ...string[]] {
    const config = join(this.directory, 'Caddyfile');
    return this.withVariables(this.program, 'run', '--adapter', 'caddyfile', '--config', config);
  }
}

export const caddy: GatewayKind = {
  name: 'Caddy',
  find: () => debianProgram('caddy'),
  create: (program, parts) => new Caddy(program, parts),
};
