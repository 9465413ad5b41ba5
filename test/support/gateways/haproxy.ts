import { join } from 'node:path';
import { debianProgram } from '../debian-program.js';
import { Gateway, type GatewayParts } from './gateway.js';
import type { GatewayKind } from './gateway-suite.js';

class Haproxy extends Gateway {
  constructor(
    private readonly program: string,
    parts: GatewayParts,
  ) {
    super('haproxy', parts);
  }

  protected override command(): [string, ...string[]] {
    return this.withVariables(this.program, '-db', '-f', join(this.directory, 'haproxy.cfg'));
  }
}

export const haproxy: GatewayKind = {
  name: 'HAProxy',
  find: () => debianProgram('haproxy'),
  create: (program, parts) => new Haproxy(program, parts),
};
