import type { IncomingMessage } from 'node:http';
import type { WebSocketServer } from 'ws';
import { refuseUpgrade } from '../../http/refuse-upgrade.js';
import { takeUpgradeToken } from '../../http/upgrade-token.js';
import type { Admit } from './admissions.js';

export function isWsServer(server: object): server is WebSocketServer {
  return 'handleUpgrade' in server;
}

/** Refuses an upgrade like the service does, before there is a connection. The application's own check comes after it. */
export function guardUpgrades(server: WebSocketServer, admit: Admit): void {
  const handleUpgrade = server.handleUpgrade.bind(server);
  server.handleUpgrade = (request, socket, head, callback) => {
    // The client may disconnect while its token is checked.
    const ignore = () => {};
    socket.on('error', ignore);
    const isPresented = request.headers.authorization !== undefined;
    admitUpgrade(request, admit).then(
      () => {
        socket.off('error', ignore);
        handleUpgrade(request, socket, head, callback);
      },
      (error: unknown) => refuseUpgrade(socket, error, isPresented),
    );
  };
}

async function admitUpgrade(request: IncomingMessage, admit: Admit): Promise<void> {
  await admit(presentsToken(request) ? takeUpgradeToken(request) : undefined, request, request);
}

function presentsToken({ headers }: IncomingMessage): boolean {
  const offered = headers['sec-websocket-protocol'] ?? '';
  return headers.authorization !== undefined || offered.includes('latchkey.bearer.');
}
