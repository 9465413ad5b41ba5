import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { systemClock } from '@latchkey/revocation/clock';
import { EndedSet } from '@latchkey/revocation/ended-set';
import { GuardParent, type GuardRequests } from '@latchkey/revocation/guard-connection/guard-parent';
import type { ReportedUse } from '@latchkey/revocation/guard-connection/messages';
import type { CutOff, EndedSession } from '@latchkey/revocation/session-store';
import { Trust } from '@latchkey/revocation/trust';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { type WebSocket, WebSocketServer } from 'ws';

export const ISSUER = 'https://id.example.com';
export const AUDIENCE = 'https://api.example.com';
export const CREDENTIALS = { clientId: 'api', clientSecret: 'secret' };
/** Long, so that no guard loses its lease because the machine is busy. */
const LEASE_MS = 20_000;

interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** Claims that differ from those of an ordinary token. */
export interface TokenChanges {
  readonly [claim: string]: unknown;
  readonly header?: Readonly<Record<string, unknown>>;
}

/**
 * What guards see of the service, with the real end of the protocol but without users: a test decides what its tokens say,
 * which keys it publishes, and how it answers.
 */
export class ProtocolService {
  readonly uses: ReportedUse[] = [];
  /** How often the key set was fetched. */
  keySetFetches = 0;
  /** The `Authorization` header of the last guard. */
  authorization: string | undefined;
  keySetStatus = 200;
  /** The status that answers guards, instead of a connection. */
  refuseWith: number | null = null;
  decide: GuardRequests['decide'] = async () => ({ state: 'active' });
  readonly keys = new Map<string, SigningKey>();
  #signingKid = '';
  #server: Server | undefined;
  #parent: GuardParent | undefined;
  #endedSet = new EndedSet(1_000_000);
  #sockets = new Set<Socket>();
  #webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

  private constructor(private readonly leaseMs: number) {}

  static async start({ leaseMs = LEASE_MS } = {}): Promise<ProtocolService> {
    const service = new ProtocolService(leaseMs);
    await service.addKey('first');
    service.signWith('first');
    await service.listen();
    return service;
  }

  get url(): string {
    const { port } = this.#running().address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** How many guards are connected. */
  get guards(): number {
    return this.#webSockets.clients.size;
  }

  /** Starts the process anew: what it has revoked is still in the session store. */
  async listen(port = 0): Promise<void> {
    const trust = new Trust(null, systemClock, Number.POSITIVE_INFINITY);
    trust.tailRead(systemClock.monotonic());
    this.#parent = new GuardParent({
      instance: randomUUID(),
      endedSet: this.#endedSet,
      trust,
      clock: systemClock,
      hasOthers: true,
      leaseMs: this.leaseMs,
      marginMs: 50,
      windowMs: 1_500_000,
      tokenLifetimeMs: 900_000,
    });
    this.#parent.start();
    this.#parent.answerWith({
      decide: (question) => this.decide(question),
      used: (uses) => void this.uses.push(...uses),
    });
    this.#server = createServer((_, response) => {
      this.keySetFetches += 1;
      response.statusCode = this.keySetStatus;
      response.end(JSON.stringify({ keys: [...this.keys.values()].map(({ jwk }) => jwk) }));
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket as Socket, head));
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Dies without a word. @returns its port, which is free now */
  async die(): Promise<number> {
    const server = this.#running();
    const { port } = server.address() as AddressInfo;
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(server, 'close');
    return port;
  }

  async addKey(kid: string): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    this.keys.set(kid, {
      privateKey,
      jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' },
    });
  }

  signWith(kid: string): void {
    this.#signingKid = kid;
  }

  /** A token of a new session, unless the changes name one. */
  async token({ header, ...changes }: TokenChanges = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const key = this.keys.get(this.#signingKid);
    if (!key) throw new Error('there is no key to sign with');
    return new SignJWT({
      iss: ISSUER,
      aud: AUDIENCE,
      sub: randomUUID(),
      sid: randomUUID(),
      jti: randomUUID(),
      iat: now,
      exp: now + 900,
      auth_time: now,
      amr: ['pwd'],
      roles: ['user'],
      roles_version: 1,
      generation: 0,
      session_epoch: 1,
      ...changes,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: this.#signingKid, ...header })
      .sign(key.privateKey);
  }

  /** Revokes as the service does. Resolves once no guard grants these any more: the answer 204. */
  async revoke(sessions: readonly EndedSession[], cutOffs: readonly CutOff[] = []): Promise<void> {
    this.#endedSet.add({ sessions, cutOffs });
    await this.#parent?.inForce();
  }

  sessionsChanged(sessionIds: readonly string[]): void {
    this.#parent?.sessionsChanged(sessionIds);
  }

  #running(): Server {
    if (!this.#server) throw new Error('the service was not started');
    return this.#server;
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.authorization = request.headers.authorization;
    if (this.refuseWith !== null) {
      socket.end(`HTTP/1.1 ${this.refuseWith} Refused\r\nConnection: close\r\n\r\n`);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#connect(webSocket));
  }

  #connect(webSocket: WebSocket): void {
    const guard = this.#parent?.connect(
      {
        send: (text) => webSocket.send(text),
        get unsentBytes() {
          return webSocket.bufferedAmount;
        },
        close: (code, reason) => webSocket.close(code, reason),
      },
      CREDENTIALS.clientId,
    );
    webSocket.on('message', (data) => guard?.receive(data.toString()));
    webSocket.on('close', () => guard?.lost());
    webSocket.on('error', () => {});
  }
}
