import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianProgram, requireFile } from './debian-program.js';
import { PrivateServer } from './private-server.js';
import { MissingProgram } from './programs.js';

const run = promisify(execFile);

const SASL_DIRECTORIES = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/sasl2`);

interface PostfixPrograms {
  readonly postfix: string;
  readonly master: string;
  readonly saslpasswd: string;
}

/** Whether the tests with Postfix can run; says in one line why not. */
export async function hasPostfix(): Promise<boolean> {
  try {
    await postfixPrograms();
    return true;
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    process.stderr.write(`left out: the tests with Postfix, because ${error.message}\n`);
    return false;
  }
}

async function postfixPrograms(): Promise<PostfixPrograms> {
  if (process.getuid?.() !== 0) throw new MissingProgram('only root can start Postfix');
  const postfix = await debianProgram('postfix');
  const saslpasswd = await debianProgram('saslpasswd2', 'sasl2-bin');
  await requireFile(
    SASL_DIRECTORIES.map((directory) => join(directory, 'libplain.so')),
    'libsasl2-modules',
  );
  return { postfix, saslpasswd, master: await requireFile(['/usr/lib/postfix/sbin/master'], 'postfix') };
}

/** Parameters of main.cf. */
export type PostfixSettings = Readonly<Record<string, string>>;

export const MAIL_USER = 'latchkey';
export const MAIL_PASSWORD = 'a password, with: odd/characters?';

/** As Debian's, without the services that these tests do not need, and without `chroot`. */
const SERVICES = `
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`;

/** A private Postfix with its own configuration, queue and port. It passes mail on to another SMTP server. */
export class PostfixServer extends PrivateServer {
  protected override readonly stopSignal: NodeJS.Signals = 'SIGTERM';

  private constructor(
    private readonly programs: PostfixPrograms,
    private readonly nextHop: string,
    private settings: PostfixSettings,
    private readonly services: string,
  ) {
    super('postfix');
  }

  /**
   * @param nextHop port of the server that gets every mail
   * @param settings added to the defaults
   * @param services added to master.cf
   * @throws {MissingProgram}
   */
  static async start(nextHop: number, settings: PostfixSettings = {}, services = ''): Promise<PostfixServer> {
    const programs = await postfixPrograms();
    return new PostfixServer(programs, `smtp:[127.0.0.1]:${nextHop}`, settings, services).start();
  }

  override get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** Restarts it with other settings, as an operator who corrects them. */
  async restartWith(settings: PostfixSettings): Promise<void> {
    this.settings = settings;
    await this.restart();
  }

  override get log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : super.log;
  }

  private get logFile(): string {
    return join(this.directory, 'log', 'mail.log');
  }

  private get config(): string {
    return join(this.directory, 'config');
  }

  protected override async prepare(directory: string): Promise<void> {
    // Most of its processes run as the user `postfix`.
    await chmod(directory, 0o755);
    for (const name of ['config', 'config/sasl', 'queue', 'data', 'log']) await mkdir(join(directory, name));
    await run('chown', ['postfix', join(directory, 'data'), join(directory, 'log')]);
    await this.createSaslUser(join(this.config, 'sasl'));
    this.writeConfig();
    // Creates the directories of the queue.
    await run(this.programs.postfix, ['-c', this.config, 'check']);
  }

  protected override command(): [string, ...string[]] {
    this.writeConfig();
    return [this.programs.master, '-c', this.config, '-d'];
  }

  protected override async answers(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      const [greeting] = (await once(socket, 'data')) as [Buffer];
      return greeting.toString().startsWith('220 ');
    } finally {
      socket.destroy();
    }
  }

  private async createSaslUser(directory: string): Promise<void> {
    const database = join(directory, 'sasldb2');
    await writeFile(
      join(directory, 'smtpd.conf'),
      `
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: ${database}
mech_list: PLAIN LOGIN
`,
    );
    const saving = run(this.programs.saslpasswd, ['-f', database, '-c', '-p', '-u', 'mail.test', MAIL_USER]);
    saving.child.stdin?.end(MAIL_PASSWORD);
    await saving;
    await run('chown', ['postfix', database]);
  }

  private writeConfig(): void {
    const main: PostfixSettings = {
      compatibility_level: '3.6',
      queue_directory: join(this.directory, 'queue'),
      data_directory: join(this.directory, 'data'),
      // Not its standard output, which is a socket that it cannot open.
      maillog_file: this.logFile,
      maillog_file_prefixes: this.directory,
      // Without a name server, it would wait for one.
      smtpd_peername_lookup: 'no',
      inet_interfaces: '127.0.0.1',
      inet_protocols: 'ipv4',
      myhostname: 'mail.test',
      mydestination: '',
      // No client may relay without logging in.
      mynetworks: '',
      smtpd_relay_restrictions: 'permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination',
      alias_maps: '',
      alias_database: '',
      recipient_delimiter: '+',
      smtpd_sasl_auth_enable: 'yes',
      smtpd_sasl_local_domain: 'mail.test',
      // Debian's Postfix reads `sasl` in the directory of main.cf, whatever this is.
      cyrus_sasl_config_path: join(this.config, 'sasl'),
      disable_dns_lookups: 'yes',
      default_transport: this.nextHop,
      relay_transport: this.nextHop,
      // A local mail server is not asked for another name.
      smtp_host_lookup: 'native',
      ...this.settings,
    };
    const lines = Object.entries(main).map(([name, value]) => `${name} = ${value}\n`);
    writeFileSync(join(this.config, 'main.cf'), lines.join(''));
    const listener = `127.0.0.1:${this.port || 25} inet n - n - - smtpd\n`;
    writeFileSync(join(this.config, 'master.cf'), listener + SERVICES + this.services);
  }
}
