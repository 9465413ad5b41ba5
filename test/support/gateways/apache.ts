import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { debianProgram, requireFile } from '../debian-program.js';
import { Gateway, type GatewayParts } from './gateway.js';
import type { GatewayKind } from './gateway-suite.js';

const MODULES = ['mpm_event', 'authz_core', 'setenvif', 'proxy', 'proxy_http', 'lua'];
const MODULE_DIRECTORY = '/usr/lib/apache2/modules';
const LUA_SOCKET = '/usr/share/lua/5.3/socket.lua';

/** What the packaged `apache2.conf` has around the example, with everything in the server's own directory. */
const main = (directory: string) => `
ServerRoot "${directory}"
ServerName localhost
DefaultRuntimeDir "${directory}"
PidFile "${directory}/apache2.pid"
ErrorLog "${directory}/error.log"
LogLevel warn
${MODULES.map((name) => `LoadModule ${name}_module ${MODULE_DIRECTORY}/mod_${name}.so`).join('\n')}
Include "${directory}/latchkey.conf"
`;

class Apache extends Gateway {
  constructor(
    private readonly program: string,
    parts: GatewayParts,
  ) {
    super('apache', parts);
  }

  protected override get variables(): Record<string, string> {
    return { ...super.variables, LATCHKEY_LUA: join(this.directory, 'latchkey.lua') };
  }

  protected override async prepare(directory: string): Promise<void> {
    await super.prepare(directory);
    await writeFile(join(directory, 'apache2.conf'), main(directory));
  }

  protected override command(): [string, ...string[]] {
    return this.withVariables(this.program, '-D', 'FOREGROUND', '-f', join(this.directory, 'apache2.conf'));
  }
}

export const apache: GatewayKind = {
  name: 'Apache',
  find: async () => {
    await requireFile([LUA_SOCKET], 'lua-socket');
    return debianProgram('apache2');
  },
  create: (program, parts) => new Apache(program, parts),
};
