import { ManualClock } from '../../testing/manual-clock.js';
import { guardSubject } from '../../testing/simulated-guard.js';
import { waitUntil } from '../../testing/wait-until.js';
import { GuardLink } from './guard-link.js';
import type { Ends } from './messages.js';
import type { ConnectionEnd, SocketHandlers } from './reconnection.js';

const HELLO = {
  type: 'hello',
  instance: 'a',
  lease: 3_000,
  margin: 100,
  window: 900_000,
  token_lifetime: 900_000,
};
const EMPTY_SNAPSHOT = { type: 'snapshot', last: true };

/** A parent that says what the test says. */
class ScriptedParent {
  readonly heard: { type: string; [member: string]: unknown }[] = [];
  readonly closed: { code: number; reason: string }[] = [];
  handlers: SocketHandlers | null = null;
  attempts = 0;

  open(handlers: SocketHandlers) {
    this.handlers = handlers;
    this.attempts += 1;
    return {
      send: (text: string) => void this.heard.push(JSON.parse(text)),
      unsentBytes: 0,
      close: (code: number, reason: string) => void this.closed.push({ code, reason }),
    };
  }

  say(...messages: object[]): void {
    for (const message of messages) this.handlers?.message(JSON.stringify(message));
  }

  heardOf(type: string) {
    return this.heard.filter((message) => message.type === type);
  }
}

describe('GuardLink', () => {
  let clock: ManualClock;
  let parent: ScriptedParent;
  let link: GuardLink;
  let ends: Ends[];
  let lost: ConnectionEnd[];

  beforeEach(() => {
    clock = new ManualClock();
    parent = new ScriptedParent();
    ends = [];
    lost = [];
    link = new GuardLink({
      transport: parent,
      clock,
      endedSetSize: 3,
      onEnds: (it) => ends.push(it),
      onDisconnected: (end) => lost.push(end),
    });
    link.start();
  });
  afterEach(() => link.stop());

  const stateOf = (sessionId: string) => link.judge(guardSubject(sessionId)).state;
  const lease = (n = 1, r = 3_000) => parent.say({ type: 'pong', n, r });
  const connect = () => {
    parent.say(HELLO, EMPTY_SNAPSHOT);
    lease();
  };

  it('pings only after the last part of the snapshot, which is then in force and acknowledged', () => {
    parent.say(HELLO, { type: 'snapshot', sessions: [{ sid: 's', reason: 'logout' }] });
    expect(parent.heard).toEqual([]);
    parent.say({ type: 'snapshot', sessions: [{ sid: 't', reason: 'logout' }], last: true });
    expect(parent.heard).toEqual([
      { type: 'ack', seq: 0 },
      { type: 'ping', n: 1 },
    ]);
    expect([stateOf('s'), stateOf('t')]).toEqual(['ended', 'ended']);
  });

  it('acknowledges ends that arrived between the parts of the snapshot together with the snapshot', () => {
    parent.say(HELLO, { type: 'ends', seq: 1, sessions: [{ sid: 's', reason: 'logout' }] });
    expect(parent.heard).toEqual([]);
    parent.say(EMPTY_SNAPSHOT);
    expect(parent.heard[0]).toEqual({ type: 'ack', seq: 1 });
  });

  it('counts the lease from the ping, less the margin', () => {
    parent.say(HELLO, EMPTY_SNAPSHOT);
    expect(stateOf('s')).toBe('ask');
    clock.pass(1_000);
    lease(1, 2_500);
    expect(stateOf('s')).toBe('active');
    clock.pass(2_500 - 100 - 1_000 - 1);
    expect(stateOf('s')).toBe('active');
    clock.pass(1);
    expect(stateOf('s')).toBe('ask');
  });

  it('gets no lease from a pong of zero', () => {
    parent.say(HELLO, EMPTY_SNAPSHOT);
    lease(1, 0);
    expect(link.mayTrust()).toBe(false);
  });

  it('holds no lease after the machine was paused', () => {
    connect();
    clock.jump(600);
    expect(stateOf('s')).toBe('ask');
  });

  it('has an end in force, and its streams closed, before it acknowledges it', () => {
    connect();
    let heardBefore = -1;
    const onEnds = ends.push.bind(ends);
    ends.push = (...it) => {
      heardBefore = parent.heardOf('ack').length;
      expect(stateOf('s')).toBe('ended');
      return onEnds(...it);
    };
    parent.say({ type: 'ends', seq: 1, sessions: [{ sid: 's', reason: 'logout' }] });
    expect(ends).toHaveLength(1);
    expect(parent.heardOf('ack')).toHaveLength(heardBefore + 1);
    expect(parent.heardOf('ack').at(-1)).toEqual({ type: 'ack', seq: 1 });
  });

  it('reports an end once, however often it hears it', () => {
    connect();
    for (const seq of [1, 2]) parent.say({ type: 'ends', seq, sessions: [{ sid: 's', reason: 'logout' }] });
    expect(ends).toHaveLength(1);
  });

  it.each([
    ['misses ends', { type: 'ends', seq: 2 }],
    ['receives what it cannot read', { type: 'ends', seq: 1, sessions: [{ sid: 7 }] }],
    ['receives a pong that it did not ask for', { type: 'pong', n: 9, r: 3_000 }],
  ])('ends its lease and closes the connection when it %s', (_what, message) => {
    connect();
    parent.say(message);
    expect(link.mayTrust()).toBe(false);
    expect(parent.closed).toEqual([{ code: 4003, reason: expect.any(String) }]);
    expect(lost).toHaveLength(1);
  });

  it('ignores types and members that it does not know', () => {
    connect();
    parent.say(
      { type: 'news', of: 'another version' },
      { type: 'ends', seq: 1, strangers: [], sessions: [] },
    );
    expect(parent.closed).toEqual([]);
    expect(link.mayTrust()).toBe(true);
  });

  it('asks about tokens that a cut-off may have made stale, and trusts newer ones', () => {
    connect();
    parent.say({ type: 'ends', seq: 1, cutoffs: [{ sub: 'user', session_epoch: 2, roles_version: 5 }] });
    const verdict = (sessionEpoch: number, rolesVersion: number) =>
      link.judge(guardSubject('s', { sessionEpoch, rolesVersion })).state;
    expect([verdict(1, 5), verdict(2, 4), verdict(2, 5), verdict(3, 6)]).toEqual([
      'ask',
      'ask',
      'active',
      'active',
    ]);
    parent.say({ type: 'ends', seq: 2, cutoffs: [{ sub: 'user', session_epoch: 1, roles_version: 1 }] });
    expect(verdict(1, 5)).toBe('ask');
  });

  it('asks about everything when it has no room for more ends', () => {
    connect();
    const sessions = ['a', 'b', 'c', 'd'].map((sid) => ({ sid, reason: 'logout' }));
    parent.say({ type: 'ends', seq: 1, sessions });
    expect([stateOf('a'), stateOf('d'), stateOf('s')]).toEqual(['ended', 'ended', 'ask']);
  });

  it('keeps its lease when the connection is lost, until it has run out', () => {
    connect();
    parent.handlers?.closed({ message: 'cut' });
    expect(stateOf('s')).toBe('active');
    clock.pass(3_000);
    expect(stateOf('s')).toBe('ask');
  });

  it('keeps the lease of a parent that leaves until another parent has given one', async () => {
    connect();
    const first = { ...parent };
    parent.say({ type: 'bye' });
    await waitUntil('it connects again', () => parent.attempts === 2);
    expect([stateOf('s'), parent.heardOf('bye')]).toEqual(['active', []]);
    parent.say(HELLO, EMPTY_SNAPSHOT);
    first.handlers?.message(
      JSON.stringify({ type: 'ends', seq: 1, sessions: [{ sid: 't', reason: 'logout' }] }),
    );
    expect(stateOf('t')).toBe('ended');
    lease();
    expect(parent.heardOf('bye')).toHaveLength(1);
    expect(stateOf('s')).toBe('active');
  });

  it('gives its lease back before it says goodbye, and takes no late pong', async () => {
    connect();
    await link.stop();
    expect(parent.heardOf('bye')).toHaveLength(1);
    lease(1);
    expect(link.mayTrust()).toBe(false);
  });

  it('answers open questions when it stops', async () => {
    connect();
    const asking = link.ask(guardSubject('s'));
    await waitUntil('it is asked', () => parent.heardOf('ask').length === 1);
    await link.stop();
    expect(await asking).toEqual({ state: 'unavailable' });
  });

  it('has doubts about tokens that a cut-off may concern, with and without a lease', () => {
    parent.say(HELLO, { type: 'snapshot', cutoffs: [{ sub: 'user', session_epoch: 2 }], last: true });
    const isDoubtful = (sessionEpoch: number) => link.isDoubtful(guardSubject('s', { sessionEpoch }));
    expect([isDoubtful(1), isDoubtful(2)]).toEqual([true, false]);
  });

  it('tells those who wait for it that the service refuses the client', async () => {
    const ready = link.ready();
    parent.handlers?.closed({ status: 401, message: 'HTTP 401' });
    await expect(ready).rejects.toThrow('refuses the credentials of this client: HTTP 401');
  });

  it('never shares a question with an earlier request', async () => {
    connect();
    const first = link.ask(guardSubject('s'));
    await waitUntil('it is asked', () => parent.heardOf('ask').length === 1);
    const second = link.ask(guardSubject('s'));
    await waitUntil('it is asked', () => parent.heardOf('ask').length === 2);
    parent.say({ type: 'answers', answers: [{ id: 1, state: 'active' }] });
    expect(await first).toEqual({ state: 'active' });
    parent.say({ type: 'answers', answers: [{ id: 2, state: 'ended', reason: 'logout' }] });
    expect(await second).toEqual({ state: 'ended', reason: 'logout' });
  });

  it('never grants again what a parent has refused for good, but what has only expired', async () => {
    connect();
    const answers = ['gone', 'idle'].map((sessionId) => link.ask(guardSubject(sessionId)));
    await waitUntil('it is asked', () => parent.heardOf('ask').length === 1);
    parent.say({
      type: 'answers',
      answers: [
        { id: 1, state: 'ended', reason: 'logout' },
        { id: 2, state: 'ended', reason: 'expired' },
      ],
    });
    await Promise.all(answers);
    expect([stateOf('gone'), stateOf('idle')]).toEqual(['ended', 'active']);
  });

  it('asks in one message what is asked in one tick', async () => {
    connect();
    void link.ask(guardSubject('s'));
    void link.ask(guardSubject('t'));
    await waitUntil('it is asked', () => parent.heardOf('ask').length > 0);
    expect(parent.heardOf('ask')).toEqual([
      {
        type: 'ask',
        questions: [1, 2].map((id) =>
          expect.objectContaining({ id, sub: 'user', generation: 0, roles_version: 0 }),
        ),
      },
    ]);
  });

  it('asks again on a new connection what the last one left unanswered', async () => {
    connect();
    const asking = link.ask(guardSubject('s'));
    await waitUntil('it is asked', () => parent.heardOf('ask').length === 1);
    parent.handlers?.closed({ message: 'cut' });
    await waitUntil('it connects again', () => parent.attempts === 2);
    parent.say(HELLO, EMPTY_SNAPSHOT, { type: 'answers', answers: [{ id: 1, state: 'stale' }] });
    expect(parent.heardOf('ask')).toHaveLength(2);
    expect(await asking).toEqual({ state: 'stale' });
  });

  it('waits for the answer to a question that was sent after the last change of the session', async () => {
    connect();
    parent.say({ type: 'ends', seq: 1, changed: ['s'] });
    const asking = link.ask(guardSubject('s'));
    parent.say({ type: 'ends', seq: 2, changed: ['s'] });
    await waitUntil('it is asked', () => parent.heardOf('ask').length === 1);
    parent.say({ type: 'answers', answers: [{ id: 1, state: 'active' }] });
    expect(await asking).toEqual({ state: 'active' });
    expect(stateOf('s')).toBe('ask');
  });
});
