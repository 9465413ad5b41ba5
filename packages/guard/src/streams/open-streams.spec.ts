import type { TokenSubject } from '@latchkey/access-token/claims';
import type { StreamEnd } from '../guard.js';
import { OpenStreams, type Stream } from './open-streams.js';

const LOGOUT: StreamEnd = { code: 'session_revoked', reason: 'logout' };

const subject = (userId: string, sessionId: string, sessionEpoch = 0, rolesVersion = 0): TokenSubject => ({
  userId,
  sessionId,
  sessionEpoch,
  rolesVersion,
  roles: [],
  authenticatedAt: 0,
  generation: 0,
  deviceId: null,
  clientId: null,
  amr: [],
  acr: null,
});

function opened() {
  const errors: unknown[] = [];
  const closed: [string, StreamEnd][] = [];
  const streams = new OpenStreams((error) => errors.push(error));
  const open = (
    name: string,
    of: TokenSubject,
    close = (end: StreamEnd) => void closed.push([name, end]),
  ) => {
    const stream: Stream = { subject: of, expiresAt: 0, close };
    streams.add(stream);
    return stream;
  };
  return { streams, open, closed, errors, names: () => closed.map(([name]) => name) };
}

describe('OpenStreams', () => {
  it('closes every stream of a session once, in the same tick, with the reason', () => {
    const { streams, open, closed } = opened();
    open('one', subject('u', 'a'));
    open('two', subject('u', 'a'));
    open('other', subject('u', 'b'));
    streams.closeSession('a', LOGOUT);
    streams.closeSession('a', LOGOUT);
    expect(closed).toEqual([
      ['one', LOGOUT],
      ['two', LOGOUT],
    ]);
    expect(streams.size).toBe(1);
  });

  it('closes the streams of a user that were opened with a token from before a cut-off', () => {
    const { streams, open, names } = opened();
    open('old session', subject('u', 'a', 3));
    open('kept session', subject('u', 'b', 4));
    open('other user', subject('v', 'c', 0));
    streams.closeOlder({ userId: 'u', sessionEpoch: 4 }, { code: 'token_stale' });
    expect(names()).toEqual(['old session']);
  });

  it('closes the streams that were opened with roles from before a change', () => {
    const { streams, open, names } = opened();
    open('old roles', subject('u', 'a', 0, 1));
    open('new roles', subject('u', 'a', 0, 2));
    streams.closeOlder({ userId: 'u', rolesVersion: 2 }, { code: 'token_stale' });
    expect(names()).toEqual(['old roles']);
  });

  it('does not close a stream that was released', () => {
    const { streams, open, names } = opened();
    streams.delete(open('one', subject('u', 'a')));
    streams.closeSession('a', LOGOUT);
    streams.closeAll({ code: 'closing' });
    expect([names(), streams.size]).toEqual([[], 0]);
  });

  it('closes the other streams when the application throws, and reports the error', () => {
    const { streams, open, names, errors } = opened();
    const failure = new Error('cannot close');
    open('failing', subject('u', 'a'), () => {
      throw failure;
    });
    open('other', subject('u', 'a'));
    streams.closeSession('a', LOGOUT);
    expect([names(), errors, streams.size]).toEqual([['other'], [failure], 0]);
  });

  it('accepts that the application releases and opens streams while it closes one', () => {
    const { streams, open, names } = opened();
    const stream: Stream = open('one', subject('u', 'a'), () => {
      streams.delete(stream);
      open('opened meanwhile', subject('v', 'b'));
    });
    streams.closeAll({ code: 'closing' });
    expect([names(), streams.size]).toEqual([[], 1]);
  });

  it('lists one stream of each session', () => {
    const { streams, open } = opened();
    for (const session of ['a', 'a', 'b']) open(session, subject('u', session));
    expect([...streams.onePerSession()].map(({ subject: { sessionId } }) => sessionId)).toEqual(['a', 'b']);
  });
});
