import { setTimeout as sleep } from 'node:timers/promises';
import { MemoryStore } from '../testing/memory-store.js';
import { activeSnapshot, type TestSnapshot } from '../testing/test-session.js';
import { waitUntil } from '../testing/wait-until.js';
import { systemClock } from './clock.js';
import { Enforcer } from './enforcer.js';
import { NO_OBSERVER } from './observer.js';
import type { Push } from './push.js';
import type { Confirmation, Revocations } from './session-store.js';

const NO_GUARDS = { inForce: async () => {} };
const ACKNOWLEDGED: Confirmation = { by: 'me', how: 'acknowledged', acknowledgedBy: ['b'] };

describe('Enforcer', () => {
  let store: MemoryStore<TestSnapshot>;
  let pushed: Revocations[];
  let send: () => Promise<Confirmation>;
  let reported: string[];

  beforeEach(() => {
    store = new MemoryStore(activeSnapshot);
    pushed = [];
    reported = [];
    send = async () => ACKNOWLEDGED;
  });

  const enforcer = () => {
    const push = {
      send: (revocations: Revocations) => {
        pushed.push(revocations);
        return send();
      },
    } as unknown as Push;
    return new Enforcer(store, push, NO_GUARDS, systemClock, {
      ...NO_OBSERVER,
      enforced: (how) => reported.push(how),
      unconfirmed: () => reported.push('unconfirmed'),
    });
  };
  const cutOff = async () => {
    throw new Error('cut off');
  };

  it('records a confirmation without making the caller wait for it', async () => {
    const revocations = store.end('s');
    store.confirm = async () => {
      await sleep(50);
      reported.push('recorded');
    };
    expect(await enforcer().enforce(revocations)).toBe(true);
    expect(reported).toEqual(['acknowledged']);
    await waitUntil('it is recorded', () => reported.includes('recorded'));
  });

  it('holds although the confirmation cannot be recorded', async () => {
    const revocations = store.end('s');
    store.isAway = true;
    expect(await enforcer().enforce(revocations)).toBe(true);
  });

  it('reports a revocation that could not be confirmed', async () => {
    send = cutOff;
    expect(await enforcer().enforce(store.end('s'))).toBe(false);
    expect(reported).toEqual(['unconfirmed']);
    expect(store.confirmations).toEqual([]);
  });

  it('does not report a revocation that another instance confirmed', async () => {
    send = cutOff;
    const revocations = store.end('s');
    const enforcing = enforcer().enforce(revocations);
    store.isAway = true;
    await sleep(250);
    store.isAway = false;
    await store.confirm(revocations, ACKNOWLEDGED);
    expect(await enforcing).toBe(true);
    expect(reported).toEqual([]);
  });

  it('pushes overdue revocations and records their confirmation', async () => {
    const revocations = store.end('s');
    await enforcer().repeat(revocations);
    expect(pushed).toEqual([revocations]);
    expect(store.confirmations).toEqual([ACKNOWLEDGED]);
  });

  it('records nothing when overdue revocations cannot be pushed', async () => {
    send = cutOff;
    await enforcer().repeat(store.end('s'));
    expect(store.confirmations).toEqual([]);
  });

  it('repeats one push at a time, until its confirmation is recorded', async () => {
    const revocations = store.end('s');
    const confirm = store.confirm.bind(store);
    store.confirm = async (...args) => {
      await sleep(50);
      await confirm(...args);
    };
    const it = enforcer();
    const first = it.repeat(revocations);
    await sleep(20);
    await it.repeat(revocations);
    await first;
    expect(pushed).toHaveLength(1);
    await it.repeat(revocations);
    expect(pushed).toHaveLength(2);
  });
});
