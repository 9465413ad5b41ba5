import { jest } from '@jest/globals';
import { Leadership } from './leadership.js';
import type { TabBus, TabMessage } from './tab-bus.js';

/** Tabs whose messages arrive at once, unless the receiver is frozen. */
class Tabs {
  readonly all = new Map<
    string,
    { leadership: Leadership; isFrozen: boolean; isHidden: boolean; queued: (() => void)[] }
  >();

  open(id: string): Leadership {
    const bus: TabBus = {
      id,
      post: (message) => this.deliver(id, message),
      onMessage: () => {},
      close: () => {},
    };
    const leadership = new Leadership(
      bus,
      () => {},
      () => this.all.get(id)?.isHidden ?? false,
    );
    this.all.set(id, { leadership, isFrozen: false, isHidden: false, queued: [] });
    leadership.start();
    return leadership;
  }

  hide(id: string): void {
    const tab = this.all.get(id);
    if (!tab) return;
    tab.isHidden = true;
    tab.leadership.resign();
  }

  freeze(id: string): void {
    const tab = this.all.get(id);
    if (tab) tab.isFrozen = true;
  }

  thaw(id: string): void {
    const tab = this.all.get(id);
    if (!tab) return;
    tab.isFrozen = false;
    for (const receive of tab.queued.splice(0)) receive();
  }

  leaders(): string[] {
    return [...this.all].filter(([, { leadership }]) => leadership.isLeader).map(([id]) => id);
  }

  private deliver(from: string, message: TabMessage): void {
    for (const [id, tab] of this.all) {
      const receive = () => tab.leadership.receive(message, from);
      if (id === from || this.all.get(from)?.isFrozen) continue;
      if (tab.isFrozen) tab.queued.push(receive);
      else receive();
    }
  }
}

describe('Leadership', () => {
  let tabs: Tabs;

  beforeEach(() => {
    jest.useFakeTimers();
    tabs = new Tabs();
  });
  afterEach(() => jest.useRealTimers());

  const pass = (ms: number) => jest.advanceTimersByTime(ms);

  it('elects one of tabs that open at the same time', async () => {
    const opened = ['d', 'a', 'c', 'b'].map((id) => tabs.open(id));
    pass(1_000);
    await Promise.all(opened.map((tab) => tab.settled()));
    expect(tabs.leaders()).toHaveLength(1);
  });

  it('keeps its leader when more tabs open', () => {
    tabs.open('m');
    pass(1_000);
    for (const id of ['a', 'z']) tabs.open(id);
    pass(1_000);
    expect(tabs.leaders()).toEqual(['m']);
  });

  it('replaces a leader that closes, at once', () => {
    const first = tabs.open('a');
    pass(1_000);
    for (const id of ['b', 'c']) tabs.open(id);
    first.stop();
    pass(200);
    expect(tabs.leaders()).toHaveLength(1);
    expect(tabs.leaders()).not.toContain('a');
  });

  it('replaces a leader that is killed, if another tab needs one', () => {
    tabs.open('a');
    pass(1_000);
    const other = tabs.open('b');
    tabs.all.delete('a');
    pass(60_000);
    expect(tabs.leaders()).toEqual([]);
    other.watch();
    pass(5_000);
    expect(tabs.leaders()).toEqual(['b']);
  });

  it('lets a visible tab lead instead of a hidden one', () => {
    for (const id of ['a', 'b', 'c']) {
      tabs.open(id);
      pass(1_000);
    }
    tabs.hide('b');
    tabs.hide('a');
    pass(5_000);
    expect(tabs.leaders()).toEqual(['c']);
  });

  it('lets a hidden tab lead if all are hidden', () => {
    for (const id of ['a', 'b']) {
      tabs.open(id);
      pass(1_000);
    }
    for (const id of ['b', 'a']) tabs.hide(id);
    pass(5_000);
    expect(tabs.leaders()).toHaveLength(1);
  });

  it('hurries when a hidden tab becomes visible while none leads', () => {
    const only = tabs.open('a');
    pass(1_000);
    tabs.hide('a');
    expect(tabs.leaders()).toEqual([]);
    only.appear();
    pass(200);
    expect(tabs.leaders()).toEqual(['a']);
  });

  it('replaces a frozen leader, which yields when it wakes', () => {
    tabs.open('a');
    pass(1_000);
    tabs.open('b').watch();
    tabs.freeze('a');
    pass(5_000);
    expect(tabs.leaders()).toContain('b');
    tabs.thaw('a');
    expect(tabs.leaders()).toEqual(['b']);
  });

  it('yields when it wakes even if the messages in between are lost', () => {
    const frozen = tabs.open('a');
    pass(1_000);
    tabs.open('b').watch();
    tabs.freeze('a');
    pass(5_000);
    for (const tab of tabs.all.values()) tab.queued = [];
    tabs.thaw('a');
    frozen.announce();
    expect(tabs.leaders()).toEqual(['b']);
  });

  it('does not take over only because it was frozen itself', () => {
    tabs.open('a');
    pass(1_000);
    tabs.open('b').watch();
    tabs.freeze('b');
    pass(1_000);
    tabs.thaw('b');
    pass(5_000);
    expect(tabs.leaders()).toEqual(['a']);
  });

  it('stops asking when nothing needs a leader', () => {
    tabs.open('a');
    pass(1_000);
    const unwatch = tabs.open('b').watch();
    unwatch();
    expect(jest.getTimerCount()).toBe(0);
  });
});
