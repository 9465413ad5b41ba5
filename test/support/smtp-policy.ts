import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** The attributes that Postfix sends, such as `recipient` and `protocol_state` (`RCPT` or `END-OF-MESSAGE`). */
export type PolicyRequest = Readonly<Record<string, string>>;

/** A policy service of Postfix (SMTPD_POLICY_README), as greylisting programs are. */
export class SmtpPolicy {
  readonly requests: PolicyRequest[] = [];
  /** Decides what Postfix does: `DUNNO` to let the mail through, or an access(5) action. */
  decide: (request: PolicyRequest) => string | Promise<string> = () => 'DUNNO';

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async open(): Promise<SmtpPolicy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const policy = new SmtpPolicy(server, (server.address() as AddressInfo).port);
    server.on('connection', (socket) => {
      let received = '';
      // Postfix may be killed while it waits.
      socket.on('error', () => {});
      socket.setEncoding('utf8').on('data', (text: string) => {
        received += text;
        const end = received.indexOf('\n\n');
        if (end === -1) return;
        const lines = received.slice(0, end).split('\n');
        received = received.slice(end + 2);
        const request: PolicyRequest = Object.fromEntries(lines.map((line) => splitOnce(line)));
        policy.requests.push(request);
        void Promise.resolve(policy.decide(request)).then((action) => socket.write(`action=${action}\n\n`));
      });
    });
    server.unref();
    return policy;
  }

  reset(): void {
    this.requests.length = 0;
    this.decide = () => 'DUNNO';
  }

  close(): void {
    this.server.close();
  }
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}
