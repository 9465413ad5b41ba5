import { jest } from '@jest/globals';
import { SessionEnded, Unreachable } from '../errors.js';
import { Leadership } from './leadership.js';
import { SharedRefresh } from './shared-refresh.js';
import type { TabBus, TabMessage } from './tab-bus.js';

/** Tabs whose messages arrive in a later task, as in a browser. */
class Browser {
  readonly tabs: ((message: TabMessage, from: string) => void)[] = [];
  readonly killed = new Set<string>();

  open(id: string, refreshNow: () => Promise<void>) {
    const own = this.tabs.length;
    const bus: TabBus = {
      id,
      post: (message) =>
        this.tabs.forEach((receive, index) => {
          if (index !== own && !this.killed.has(id)) setTimeout(() => receive(message, id), 0);
        }),
      onMessage: () => {},
      close: () => {},
    };
    const leadership = new Leadership(
      bus,
      () => refresher.handleLeader(),
      () => false,
    );
    const refresher = new SharedRefresh(bus, leadership, refreshNow);
    this.tabs.push((message, from) => {
      if (this.killed.has(id)) return;
      leadership.receive(message, from);
      refresher.receive(message);
    });
    leadership.start();
    return refresher;
  }
}

describe('SharedRefresh', () => {
  let browser: Browser;
  let finish: (() => void)[];
  let refreshNow: jest.Mock<() => Promise<void>>;

  beforeEach(() => {
    jest.useFakeTimers();
    browser = new Browser();
    finish = [];
    refreshNow = jest.fn(() => new Promise<void>((resolve) => finish.push(resolve)));
  });
  afterEach(() => jest.useRealTimers());

  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  async function open(count: number) {
    const tabs = [];
    for (let tab = 0; tab < count; tab++) {
      tabs.push(browser.open(`tab-${tab}`, refreshNow));
      await pass(500);
    }
    return tabs;
  }

  it('refreshes once for all tabs that need it at the same time', async () => {
    const tabs = await open(8);
    const all = Promise.all(tabs.map((tab) => tab.refresh(performance.now())));
    await pass(3_000);
    finish[0]?.();
    await pass(10);
    await all;
    expect(refreshNow).toHaveBeenCalledTimes(1);
  });

  it('does not refresh for a request that was sent before the last refresh', async () => {
    const [first, second] = await open(2);
    const sentAt = performance.now();
    await pass(100);
    const refreshed = first?.refresh(sentAt);
    await pass(10);
    finish[0]?.();
    await refreshed;
    await pass(100);
    await Promise.all([first?.refresh(sentAt), second?.refresh(sentAt)]);
    expect(refreshNow).toHaveBeenCalledTimes(1);
  });

  it('lets a follower refresh if the leader is killed meanwhile', async () => {
    const [, second] = await open(2);
    const refreshed = second?.refresh(performance.now());
    await pass(10);
    expect(refreshNow).toHaveBeenCalledTimes(1);
    browser.killed.add('tab-0');
    await pass(10_000);
    expect(refreshNow).toHaveBeenCalledTimes(2);
    finish[1]?.();
    await refreshed;
  });

  it('waits for a leader that answers, however long the service takes', async () => {
    const [, second] = await open(2);
    const refreshed = second?.refresh(performance.now());
    await pass(60_000);
    expect(refreshNow).toHaveBeenCalledTimes(1);
    finish[0]?.();
    await pass(10);
    await refreshed;
  });

  it('reports to followers that the service cannot be reached', async () => {
    refreshNow.mockRejectedValue(new Unreachable(7));
    const [, second] = await open(2);
    const refreshed = second?.refresh(performance.now());
    const failed = expect(refreshed).rejects.toMatchObject({ name: 'Unreachable', retryAfterSeconds: 7 });
    await pass(10);
    await failed;
  });

  it('leaves it to the client to report the end of the session', async () => {
    refreshNow.mockRejectedValue(new SessionEnded('session_revoked', 'terminated'));
    const [first, second] = await open(2);
    const failed = Promise.all([
      expect(first?.refresh(performance.now())).rejects.toBeInstanceOf(SessionEnded),
      expect(second?.refresh(performance.now())).rejects.toMatchObject({ reason: 'terminated' }),
    ]);
    await pass(10);
    for (const receive of browser.tabs)
      receive({ type: 'ended', sessionId: 's', code: 'session_revoked', reason: 'terminated' }, 'tab-0');
    await failed;
  });
});
