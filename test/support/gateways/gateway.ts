import { access, chmod, constants, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDebianPackage } from '../debian-package.js';
import { PrivateServer } from '../private-server.js';
import { MissingProgram, pathDirectories } from '../programs.js';
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

/**
 * The path of a program, after installing its Debian package if it is not there.
 *
 * @throws {MissingProgram}
 */
export async function gatewayProgram(name: string, debianPackage = name): Promise<string> {
  return requireFile(
    [...pathDirectories(), '/usr/sbin'].map((directory) => join(directory, name)),
    debianPackage,
  );
}

/** The first of the files that exists, after installing the Debian package if there is none. @throws {MissingProgram} */
export async function requireFile(paths: readonly string[], debianPackage: string): Promise<string> {
  const found = (await firstReadable(paths)) ?? (await installAndFind(paths, debianPackage));
  if (found === null) {
    throw new MissingProgram(`${debianPackage} is not installed (Debian: apt install ${debianPackage})`);
  }
  return found;
}

async function installAndFind(paths: readonly string[], debianPackage: string): Promise<string | null> {
  return (await installDebianPackage(debianPackage)) ? firstReadable(paths) : null;
}

async function firstReadable(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const isReadable = await access(path, constants.R_OK).then(
      () => true,
      () => false,
    );
    if (isReadable) return path;
  }
  return null;
}
