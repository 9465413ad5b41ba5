import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, type WebSocketAdapter } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { GuardError } from '../../guard-error.js';
import { streamEndOfError } from '../../session-end-errors.js';
import { invalidToken } from '../../tokens/invalid-token.js';
import { Callers } from '../callers.js';
import { LATCHKEY_REGISTRATION, type Registration } from '../latchkey-options.js';
import { admissions } from './admissions.js';
import { guardHandshakes, isIoServer } from './io-server.js';
import { PublicGateways } from './public-gateways.js';
import { connectionOf } from './socket-connection.js';
import { guardUpgrades, isWsServer } from './ws-server.js';

type Adapter = WebSocketAdapter<object, object>;
type ConnectionHandler = (client: object, ...rest: unknown[]) => void;

/**
 * Checks the handshakes of WebSocket gateways. Guards of Nest run for messages only, so without this a client without a
 * token could connect and receive everything that the application sends to all clients.
 */
@Injectable()
export class WebSocketAdmission {
  readonly #gateways: PublicGateways;
  readonly #publicServers = new WeakSet<object>();
  readonly #guarded = new WeakSet<object>();

  constructor(
    @Inject(Callers) private readonly callers: Callers,
    @Inject(LATCHKEY_REGISTRATION) private readonly registration: Registration,
    @Inject(ApplicationConfig) config: ApplicationConfig,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    this.#gateways = new PublicGateways(modules);
    // Nest sets the adapter later: the one of the application, or else its default.
    const setIoAdapter = config.setIoAdapter.bind(config);
    config.setIoAdapter = (adapter) => setIoAdapter(this.#guardAdapter(adapter as Adapter));
  }

  #guardAdapter(adapter: Adapter): Adapter {
    const create = adapter.create.bind(adapter);
    const bindClientConnect = adapter.bindClientConnect.bind(adapter);
    adapter.create = (port, options) => {
      const server = create(port, options);
      const isPublic = this.registration.isGlobal === false || this.#gateways.has(port, options);
      if (isPublic) this.#publicServers.add(server);
      return server;
    };
    adapter.bindClientConnect = (server, callback: ConnectionHandler) => {
      this.#guardServer(server);
      bindClientConnect(server, (client: object, ...rest: unknown[]) => {
        if (this.#open(server, client, rest[0] as object)) callback(client, ...rest);
      });
    };
    return adapter;
  }

  #guardServer(server: object): void {
    // Several gateways can share a server.
    if (this.#guarded.has(server)) return;
    this.#guarded.add(server);
    const admit = async (token: string | undefined, request: IncomingMessage, key: object) => {
      if (token !== undefined) {
        admissions.set(key, { token, request, principal: await this.callers.check(token, request) });
      } else if (!this.#publicServers.has(server)) throw invalidToken('the handshake has no token');
    };
    if (isWsServer(server)) guardUpgrades(server, admit);
    else if (isIoServer(server)) guardHandshakes(server, admit);
    else throw new TypeError('the guard cannot check the handshakes of this WebSocket adapter');
  }

  /** @returns whether the application may see the client */
  #open(server: object, client: object, request: object): boolean {
    const admission = admissions.get(client) ?? admissions.get(request);
    // A server can skip its handshake, for example when socket.io recovers a connection: that client is not admitted.
    if (!admission && this.#publicServers.has(server)) return true;
    const connection = connectionOf(client);
    try {
      if (!admission) throw invalidToken('the handshake was not checked');
      this.callers.track(admission.principal, connection);
      admissions.set(client, admission);
      Object.assign(client, { user: admission.principal });
      return true;
    } catch (error) {
      if (!(error instanceof GuardError)) throw error;
      connection.close(streamEndOfError(error));
      return false;
    }
  }
}
