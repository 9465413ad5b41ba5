import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import type { AuthenticatedClient } from '../clients/client-authentication.js';
import { GuardSockets, MAX_GUARDS_PER_CLIENT } from './guard-sockets.js';

class FakeSocket extends EventEmitter {
  closedWith: number | null = null;
  isTerminated = false;
  close(code: number): void {
    this.closedWith ??= code;
  }
  terminate(): void {
    this.isTerminated = true;
    this.emit('close');
  }
}

describe('the sockets of guards', () => {
  let lost: string[];
  let received: string[];
  let sockets: GuardSockets;
  beforeEach(() => {
    lost = [];
    received = [];
    sockets = new GuardSockets({
      connect: (_socket, clientId) => ({
        receive: (text) => received.push(text),
        lost: () => lost.push(clientId),
      }),
    });
  });

  const add = (clientId: string, secretId = 'one') => {
    const socket = new FakeSocket();
    sockets.add(socket as unknown as WebSocket, { client: { clientId }, secretId } as AuthenticatedClient);
    return socket;
  };

  it('are limited for each client, until one is closed', () => {
    const first = add('api');
    for (let i = 1; i < MAX_GUARDS_PER_CLIENT; i++) add('api');
    expect([sockets.hasRoomFor('api'), sockets.hasRoomFor('edge')]).toEqual([false, true]);
    first.emit('close');
    expect(sockets.hasRoomFor('api')).toBe(true);
  });

  it('pass on text, and are closed after a binary message', () => {
    const socket = add('api');
    socket.emit('message', Buffer.from('{}'), false);
    expect([received, socket.closedWith]).toEqual([['{}'], null]);
    socket.emit('message', Buffer.from('{}'), true);
    expect([received, socket.closedWith, lost]).toEqual([['{}'], 4003, ['api']]);
  });

  it('are closed when their secret is not valid any more', () => {
    const [old, current] = [add('api'), add('api', 'two')];
    sockets.closeUnless(({ secretId }) => secretId === 'two');
    expect([old.closedWith, current.closedWith, lost]).toEqual([4002, null, ['api']]);
  });

  it('are destroyed when their guards do not close them', async () => {
    const socket = add('api');
    await sockets.closeAll();
    expect(socket).toMatchObject({ closedWith: 1000, isTerminated: true });
  });
});
