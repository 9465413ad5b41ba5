import { Inject, Injectable, type WebSocketAdapter } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { Guard } from '../../guard.js';
import { GuardError } from '../../guard-error.js';
import { invalidToken } from '../../tokens/invalid-token.js';
import { LATCHKEY_GUARD } from '../latchkey.guard.js';
import { trackConnection } from '../long-connections.js';
import { type Admission, admissions, type Presented } from './admissions.js';
import { isIoServer, verifyIoHandshakes } from './io-server.js';
import { PublicGateways } from './public-gateways.js';
import { connectionOf } from './socket-connection.js';
import { isWsServer, verifyUpgrades } from './ws-server.js';

type Adapter = WebSocketAdapter<object, object>;

/**
 * Checks the handshakes of WebSocket gateways. Guards of Nest run for messages only, so without this a client without a
 * token could connect and receive everything that the application sends to all clients.
 */
@Injectable()
export class WebSocketAdmission {
  readonly #gateways: PublicGateways;
  readonly #publicServers = new WeakSet<object>();
  readonly #protected = new WeakSet<object>();

  constructor(
    @Inject(LATCHKEY_GUARD) private readonly guard: Guard,
    @Inject(ApplicationConfig) config: ApplicationConfig,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    this.#gateways = new PublicGateways(modules);
    this.#protectAdapterOf(config);
  }

  /** Nest sets the adapter later: the one of the application, or else its default. */
  #protectAdapterOf(config: ApplicationConfig): void {
    const setIoAdapter = config.setIoAdapter.bind(config);
    config.setIoAdapter = (adapter) => {
      this.#protect(adapter as Adapter);
      setIoAdapter(adapter);
    };
  }

  #protect(adapter: Adapter): void {
    const create = adapter.create.bind(adapter);
    const bindClientConnect = adapter.bindClientConnect.bind(adapter);
    adapter.create = (port, options) => {
      const server = create(port, options);
      if (this.#gateways.has(port, options)) this.#publicServers.add(server);
      return server;
    };
    adapter.bindClientConnect = (server, callback: (client: object, ...rest: unknown[]) => void) => {
      this.#verifyHandshakes(server);
      bindClientConnect(server, (client: object, ...rest: unknown[]) => {
        if (this.#open(server, client, rest[0])) callback(client, ...rest);
      });
    };
  }

  #verifyHandshakes(server: object): void {
    // Several gateways can share a server.
    if (this.#protected.has(server)) return;
    this.#protected.add(server);
    const verify = (presented: Presented) => this.#verify(presented, this.#publicServers.has(server));
    if (isWsServer(server)) verifyUpgrades(server, verify);
    else if (isIoServer(server)) verifyIoHandshakes(server, verify);
    else throw new TypeError('the guard cannot check the handshakes of this WebSocket adapter');
  }

  async #verify({ token, client }: Presented, isPublic: boolean): Promise<Admission | null> {
    if (token !== undefined) return { token, client, principal: await this.guard.check(token, client) };
    if (isPublic) return null;
    throw invalidToken('the handshake has no token');
  }

  /** @returns whether the application may see the client */
  #open(server: object, client: object, request: unknown): boolean {
    const admission = admissions.get(client) ?? admissions.get(request as object);
    if (!admission) return this.#openAnonymous(server, client);
    admissions.set(client, admission);
    const connection = connectionOf(client);
    try {
      trackConnection(this.guard, admission.principal, connection);
    } catch (error) {
      if (!(error instanceof GuardError)) throw error;
      connection.close({ code: 'session_revoked', ...error.members });
      return false;
    }
    Object.assign(client, { user: admission.principal });
    return true;
  }

  /** Servers can skip the check of a handshake, for example when socket.io recovers a connection. */
  #openAnonymous(server: object, client: object): boolean {
    if (this.#publicServers.has(server)) return true;
    connectionOf(client).close({ code: 'unavailable' });
    return false;
  }
}
