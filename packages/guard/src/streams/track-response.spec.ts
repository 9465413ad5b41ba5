import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Guard, StreamEnd } from '../guard.js';
import type { Principal } from '../principal.js';
import { trackResponse } from './track-response.js';

function tracked() {
  const state = { end: (_: StreamEnd) => {}, opened: 0, released: 0 };
  const guard: Pick<Guard, 'openStream'> = {
    openStream: (_, close) => {
      state.opened += 1;
      state.end = close;
      return { mayDeliver: () => true, release: () => void state.released++ };
    },
  };
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  return { state, response, track: () => trackResponse(guard as Guard, {} as Principal, response) };
}

describe('trackResponse', () => {
  it('expects that the application still writes after the end, which must not end the process', () => {
    const { state, response, track } = tracked();
    track();
    response.writeHead(200);
    state.end({ code: 'session_revoked' });
    expect([response.writableEnded, response.listenerCount('error')]).toEqual([true, 1]);
  });

  it('releases the stream when the response has closed', () => {
    const { state, response, track } = tracked();
    track();
    response.emit('close');
    expect(state.released).toBe(1);
  });

  it('opens no stream for a response that has closed already', () => {
    const { state, response, track } = tracked();
    response.destroy();
    track();
    expect(state.opened).toBe(0);
  });
});
