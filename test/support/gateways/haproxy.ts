import { join } from 'node:path';
import { Gateway, type GatewayParts, gatewayProgram } from './gateway.js';

export class Haproxy extends Gateway {
  private constructor(
    private readonly program: string,
    parts: GatewayParts,
  ) {
    super('haproxy', parts);
  }

  static async start(parts: GatewayParts): Promise<Haproxy> {
    return new Haproxy(await gatewayProgram('haproxy'), parts).start();
  }

  protected override command(): [string, ...string[]] {
    return this.withVariables(this.program, '-db', '-f', join(this.directory, 'haproxy.cfg'));
  }
}
