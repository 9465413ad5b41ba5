import { ManualClock } from '../../testing/manual-clock.js';
import { waitUntil } from '../../testing/wait-until.js';
import { EndedSet } from '../ended-set.js';
import { Trust } from '../trust.js';
import { type ConnectedGuard, GuardParent } from './guard-parent.js';

const LEASE_MS = 3_000;

/** A guard that says what the test says. */
class ScriptedGuard {
  readonly heard: { type: string; [member: string]: unknown }[] = [];
  readonly closed: number[] = [];
  unsentBytes = 0;
  connection: ConnectedGuard | null = null;

  connect(parent: GuardParent, clientId = 'a client'): this {
    this.connection = parent.connect(this, clientId);
    return this;
  }

  send(text: string): void {
    this.heard.push(JSON.parse(text));
  }

  close(code: number): void {
    this.closed.push(code);
  }

  say(...messages: (object | string)[]): void {
    for (const message of messages) {
      this.connection?.receive(typeof message === 'string' ? message : JSON.stringify(message));
    }
  }

  heardOf(type: string) {
    return this.heard.filter((message) => message.type === type);
  }
}

describe('GuardParent', () => {
  let clock: ManualClock;
  let endedSet: EndedSet;
  let trust: Trust;
  let parent: GuardParent;

  beforeEach(() => {
    clock = new ManualClock();
    endedSet = new EndedSet(100_000);
    trust = new Trust(null, clock, 60_000);
    trust.tailRead(clock.monotonic());
    parent = new GuardParent({
      instance: 'this one',
      endedSet,
      trust,
      clock,
      hasOthers: true,
      leaseMs: LEASE_MS,
      marginMs: 100,
      windowMs: 900_000,
      tokenLifetimeMs: 800_000,
      reportMs: 700,
    });
  });
  afterEach(() => parent.leave());

  const end = (...sessionIds: string[]) =>
    endedSet.add({ sessions: sessionIds.map((sessionId) => ({ sessionId, reason: 'logout' })), cutOffs: [] });
  const guard = () => new ScriptedGuard().connect(parent);
  /** One that holds a lease. Tests end it, because nothing waits for real time here. */
  const leased = () => {
    const it = guard();
    it.say({ type: 'ack', seq: 0 }, { type: 'ping', n: 1 });
    return it;
  };
  const isDone = async (promise: Promise<void>) => {
    let done = false;
    void promise.then(() => {
      done = true;
    });
    for (let turns = 0; turns < 4; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    return done;
  };
  const goodbye = (...guards: ScriptedGuard[]) => {
    for (const it of guards) it.say({ type: 'bye' });
  };

  it('greets a guard with its terms', () => {
    expect(guard().heard).toEqual([
      {
        type: 'hello',
        instance: 'this one',
        lease: 3_000,
        margin: 100,
        window: 900_000,
        token_lifetime: 800_000,
        report: 700,
      },
      { type: 'snapshot', last: true },
    ]);
  });

  it('writes what it has learned before a later pong, and all ends of one tick in one message', () => {
    const it = leased();
    end('s');
    end('t');
    it.say({ type: 'ping', n: 2 });
    expect(it.heard.slice(-2)).toEqual([
      { type: 'ends', seq: 1, sessions: ['s', 't'].map((sid) => ({ sid, reason: 'logout' })) },
      { type: 'pong', n: 2, r: LEASE_MS },
    ]);
    goodbye(it);
  });

  it('extends a lease for no longer than it may trust its own caches', () => {
    clock.pass(59_000);
    const it = leased();
    expect(it.heardOf('pong')).toEqual([{ type: 'pong', n: 1, r: 1_000 }]);
    clock.pass(1_001);
    it.say({ type: 'ping', n: 2 });
    expect(it.heardOf('pong').at(-1)).toEqual({ type: 'pong', n: 2, r: 0 });
    goodbye(it);
  });

  it('extends no lease while not all ends are listed, and waits until no guard holds one', async () => {
    const it = leased();
    endedSet.addUnlisted();
    const waiting = parent.inForce();
    it.say({ type: 'ping', n: 2 });
    expect(it.heardOf('pong').at(-1)).toEqual({ type: 'pong', n: 2, r: 0 });
    expect(await isDone(waiting)).toBe(false);
    clock.pass(LEASE_MS);
    expect(await isDone(parent.inForce())).toBe(true);
    goodbye(it);
    await waiting;
    endedSet.forgetOldest();
    endedSet.forgetOldest();
    const next = leased();
    expect(next.heardOf('pong').at(-1)).toEqual({ type: 'pong', n: 1, r: LEASE_MS });
    goodbye(next);
  });

  it('waits for every guard that may hold a lease', async () => {
    const [first, second, never] = [leased(), leased(), guard()];
    end('s');
    const waiting = parent.inForce();
    expect(await isDone(waiting)).toBe(false);
    first.say({ type: 'ack', seq: 1 });
    expect(await isDone(waiting)).toBe(false);
    second.say({ type: 'ack', seq: 1 });
    expect(await isDone(waiting)).toBe(true);
    expect(never.heardOf('ends')).toHaveLength(1);
    goodbye(first, second);
  });

  it('waits for ends that were written before, although nothing is new', async () => {
    const it = leased();
    end('s');
    await isDone(parent.inForce());
    const waiting = parent.inForce();
    expect(await isDone(waiting)).toBe(false);
    it.say({ type: 'ack', seq: 1 });
    expect(await isDone(waiting)).toBe(true);
    goodbye(it);
  });

  it('waits for a lost connection until its bound, whatever another connection acknowledges', async () => {
    const [lost, other] = [leased(), leased()];
    lost.connection?.lost();
    end('s');
    const waiting = parent.inForce();
    await isDone(waiting);
    other.say({ type: 'ack', seq: 1 });
    expect(await isDone(waiting)).toBe(false);
    clock.pass(LEASE_MS);
    expect(await isDone(parent.inForce())).toBe(true);
    goodbye(other);
    await waiting;
  });

  it('writes a large snapshot in parts, and ends between them', async () => {
    end(...Array.from({ length: 9_000 }, (_, at) => `s${at}`));
    const it = guard();
    end('late');
    await waitUntil('the snapshot is complete', () => it.heardOf('snapshot').at(-1)?.last === true);
    const sids = it.heardOf('snapshot').flatMap(({ sessions }) => (sessions as { sid: string }[]) ?? []);
    expect(new Set(sids.map(({ sid }) => sid)).size).toBeGreaterThanOrEqual(9_000);
    expect(it.heardOf('ends')).toMatchObject([{ seq: 1, sessions: [{ sid: 'late' }] }]);
    expect(Math.max(...it.heard.map((message) => JSON.stringify(message).length))).toBeLessThan(64 * 1024);
  });

  it('stops writing a snapshot to a guard that does not read', async () => {
    end(...Array.from({ length: 9_000 }, (_, at) => `s${at}`));
    const it = guard();
    it.unsentBytes = 2 * 1024 * 1024;
    await waitUntil('it pauses', () => it.heardOf('snapshot').length === 20);
    await waitUntil('it gives up', () => {
      clock.pass(1_000);
      return it.closed.length > 0;
    });
    expect(it.closed).toEqual([4001]);
    expect(it.heardOf('snapshot')).toHaveLength(20);
  });

  it('disconnects a guard that reads too slowly, and still waits for its lease', async () => {
    const it = leased();
    it.unsentBytes = 5 * 1024 * 1024;
    end('s');
    const waiting = parent.inForce();
    expect(await isDone(waiting)).toBe(false);
    expect(it.closed).toEqual([4001]);
    clock.pass(LEASE_MS);
    expect(await isDone(parent.inForce())).toBe(true);
    await waiting;
  });

  it.each([
    ['what is not JSON', 'ping'],
    ['a ping that repeats a number', { type: 'ping', n: 1 }],
    ['an acknowledgement of what was not sent', { type: 'ack', seq: 1 }],
    ['a malformed question', { type: 'ask', questions: [{ id: 1 }] }],
  ])('closes a connection on which it receives %s', (_what, message) => {
    const it = leased();
    it.say(message);
    expect(it.closed).toEqual([4003]);
    expect(parent.connected().size).toBe(0);
    clock.pass(LEASE_MS);
  });

  it('refuses a ping before the snapshot is complete', () => {
    end(...Array.from({ length: 9_000 }, (_, at) => `s${at}`));
    const it = guard();
    it.say({ type: 'ping', n: 1 });
    expect(it.closed).toEqual([4003]);
    expect(it.heardOf('pong')).toEqual([]);
  });

  it('answers no more questions at once than its limit', async () => {
    parent.answerWith({ decide: () => new Promise(() => {}), used() {} });
    const it = guard();
    const question = { sid: 's', sub: 'u' };
    for (let at = 0; at < 11; at += 1) {
      it.say({
        type: 'ask',
        questions: Array.from({ length: 500 }, (_, id) => ({ ...question, id: at * 500 + id })),
      });
    }
    await waitUntil('the rest is answered', () => it.heardOf('answers').length === 2);
    const answers = it
      .heardOf('answers')
      .flatMap((message) => message.answers as { id: number; state: string }[]);
    expect(answers).toHaveLength(500);
    expect(answers[0]).toEqual({ id: 5_000, state: 'unavailable' });
  });

  it('extends no lease while it leaves, and leaves once its guards have said goodbye', async () => {
    const it = leased();
    const leaving = parent.leave();
    it.say({ type: 'ping', n: 2 });
    expect(it.heardOf('bye')).toHaveLength(1);
    expect(it.heardOf('pong').at(-1)).toEqual({ type: 'pong', n: 2, r: 0 });
    expect(await isDone(leaving)).toBe(false);
    it.say({ type: 'bye' });
    expect(await isDone(leaving)).toBe(true);
    expect(it.closed).toEqual([1000]);
  });
});
