import { chmod, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrivateServer } from '../private-server.js';
import { unprivilegedUser } from '../run-as.js';

/** Where the gateway finds the other parts, as `host:port`. */
export interface GatewayParts {
  readonly edge: string;
  readonly app: string;
}

const EXAMPLES = fileURLToPath(new URL('../../../examples/gateways', import.meta.url));

/** A gateway program that runs with its example configuration. */
export abstract class Gateway extends PrivateServer {
  protected override readonly stopSignal: NodeJS.Signals = 'SIGTERM';

  protected constructor(
    private readonly example: string,
    protected readonly parts: GatewayParts,
  ) {
    super(example, unprivilegedUser());
  }

  override get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A copy of the example in the server's own directory, which its user can read. */
  protected override async prepare(directory: string): Promise<void> {
    await cp(join(EXAMPLES, this.example), directory, { recursive: true });
    await chmod(directory, 0o777);
  }

  /** The variables of the examples. */
  protected get variables(): Record<string, string> {
    return { LISTEN: `127.0.0.1:${this.port}`, APP: this.parts.app, EDGE: this.parts.edge };
  }

  /** Starts a program with the variables in its environment. */
  protected withVariables(...command: string[]): [string, ...string[]] {
    return ['env', ...Object.entries(this.variables).map(([name, value]) => `${name}=${value}`), ...command];
  }

  protected override async answers(): Promise<boolean> {
    return (await fetch(`${this.url}/public/ready`)).ok;
  }
}
