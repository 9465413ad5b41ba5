import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GuardParent } from '@latchkey/revocation/guard-connection/guard-parent';
import { GUARD_SUBPROTOCOL, MAX_MESSAGE_BYTES } from '@latchkey/revocation/guard-connection/messages';
import { Revocation } from '@latchkey/revocation/revocation';
import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { WebSocketServer } from 'ws';
import { ClientAuthentication } from '../clients/client-authentication.js';
import { ClientRegistry } from '../clients/client-registry.js';
import { Config } from '../config/config.js';
import { AppError } from '../errors/app-error.js';
import { releaseFromLimits } from '../http/server/connection-limits.js';
import { acceptWebSockets } from '../http/server/http-upgrade.js';
import { answerRaw } from '../http/server/raw-answer.js';
import { ReportedUses } from '../sessions/check/reported-uses.js';
import { GuardAnswers } from './guard-answers.js';
import { GuardSockets, MAX_GUARDS_PER_CLIENT } from './guard-sockets.js';

const PATH = '/guard';

/** Accepts the connections of guards: `docs/guard-protocol.md`. */
@Injectable()
export class GuardEndpoint implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => GUARD_SUBPROTOCOL,
  });
  private readonly sockets: GuardSockets;
  private isStopping = false;

  constructor(
    private readonly parent: GuardParent,
    private readonly revocation: Revocation,
    private readonly clients: ClientAuthentication,
    private readonly registry: ClientRegistry,
    private readonly answers: GuardAnswers,
    private readonly uses: ReportedUses,
    private readonly adapterHost: HttpAdapterHost,
    private readonly config: Config,
  ) {
    this.sockets = new GuardSockets(parent);
  }

  onApplicationBootstrap(): void {
    this.parent.answerWith({
      decide: (question) => this.answers.decide(question),
      used: (uses) => this.uses.note(uses),
    });
    this.webSockets.on('wsClientError', (error, socket) =>
      answerRaw(socket, new AppError('malformed_request', { detail: `${error.message}.` })),
    );
    this.registry.onChange(() =>
      this.sockets.closeUnless((authenticated) => this.clients.isValid(authenticated, 'guard')),
    );
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    acceptWebSockets(fastify, PATH, (request, socket, head) => this.accept(request, socket, head));
  }

  onModuleDestroy(): void {
    this.isStopping = true;
  }

  /** Before the HTTP server closes, which waits for these connections. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.parent.leave();
    await this.sockets.closeAll();
  }

  /** @throws {AppError} */
  private async accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const authenticated = await this.clients.authorize(request.headers.authorization, 'guard');
    this.requireReady();
    requireSubprotocol(request);
    if (!this.sockets.hasRoomFor(authenticated.client.clientId)) {
      throw new AppError('too_many_connections', {
        detail: `This instance accepts ${MAX_GUARDS_PER_CLIENT} guards of a client.`,
      });
    }
    this.webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      // Its limits are those of the protocol, which also finds silent guards.
      releaseFromLimits(socket);
      this.sockets.add(webSocket, authenticated);
    });
  }

  /** Another instance may be able to give leases when this one is not. */
  private requireReady(): void {
    const isCutOff = this.revocation.status().tailAgeMs > this.config.sessions.maxStalenessMs;
    if (this.isStopping || this.parent.isLeaving || isCutOff) throw new AppError('service_unavailable');
  }
}

function requireSubprotocol({ headers }: IncomingMessage): void {
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  if (!offered.includes(GUARD_SUBPROTOCOL)) {
    throw new AppError('upgrade_required', { detail: `The subprotocol has to be ${GUARD_SUBPROTOCOL}.` });
  }
}
