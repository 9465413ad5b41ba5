import { join } from 'node:path';
import { Gateway, type GatewayParts, gatewayProgram } from './gateway.js';

export class Caddy extends Gateway {
  private constructor(
    private readonly program: string,
    parts: GatewayParts,
  ) {
    super('caddy', parts);
  }

  static async start(parts: GatewayParts): Promise<Caddy> {
    return new Caddy(await gatewayProgram('caddy'), parts).start();
  }

  protected override get variables(): Record<string, string> {
    return { ...super.variables, LISTEN: `:${this.port}`, HOME: this.directory };
  }

  protected override command(): [string, ...string[]] {
    const config = join(this.directory, 'Caddyfile');
    return this.withVariables(this.program, 'run', '--adapter', 'caddyfile', '--config', config);
  }
}
