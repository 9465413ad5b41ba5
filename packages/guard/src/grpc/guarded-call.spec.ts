import { Metadata, type ServerInterceptingCallInterface, type ServerListener, status } from '@grpc/grpc-js';
import type { Guard, StreamEnd } from '../guard.js';
import type { Principal } from '../principal.js';
import { GuardedCall } from './guarded-call.js';

const PRINCIPAL = { roles: [] as readonly string[] } as Principal;
const unused = () => {
  throw new Error('not used here');
};

function call(check: Guard['check'] = () => PRINCIPAL) {
  const state = { end: (_: StreamEnd) => {}, open: 0, statuses: [] as unknown[], delivered: [] as unknown[] };
  const guard: Guard = {
    check,
    openStream: (_, close) => {
      state.open += 1;
      state.end = close;
      return { mayDeliver: () => true, release: () => void state.open-- };
    },
    ...{ ready: unused, onSessionEnd: unused, close: unused },
  };
  const guarded = new GuardedCall({
    guard,
    call: { sendStatus: ({ code }) => void state.statuses.push(code) } as ServerInterceptingCallInterface,
    ...{ demands: {}, isStream: true, clientOf: () => ({}), principals: new WeakMap() },
  });
  const responder = guarded.responder();
  let listener: ServerListener = {};
  responder.start?.((own) => {
    listener = own ?? {};
  });
  const metadata = new Metadata();
  metadata.set('authorization', 'Bearer a.b.c');
  return {
    ...{ state, responder },
    begin: () => listener.onReceiveMetadata?.(metadata, () => void state.delivered.push('metadata')),
    receive: (message: string) => listener.onReceiveMessage?.(message, (it) => void state.delivered.push(it)),
    send: (message: string) => responder.sendMessage?.(message, (it) => void state.delivered.push(it)),
    cancel: () => listener.onCancel?.(),
  };
}

describe('a guarded call', () => {
  it('passes nothing on in either direction after its session has ended', () => {
    const { state, begin, receive, send } = call();
    begin();
    receive('in');
    send('out');
    state.end({ code: 'session_revoked', reason: 'logout' });
    receive('late in');
    send('late out');
    expect([state.delivered, state.statuses]).toEqual([['metadata', 'in', 'out'], [status.UNAUTHENTICATED]]);
  });

  it('opens no stream if it is cancelled while its token is checked', async () => {
    const { state, begin, cancel } = call(async () => PRINCIPAL);
    begin();
    cancel();
    await new Promise((resolve) => setImmediate(resolve));
    expect([state.open, state.delivered]).toEqual([0, []]);
  });

  it('releases its stream when it is over', () => {
    const { state, responder, begin } = call();
    begin();
    expect(state.open).toBe(1);
    responder.sendStatus?.({ code: status.OK, details: '' }, () => {});
    expect(state.open).toBe(0);
  });
});
