import { jest } from '@jest/globals';
import { Reconnection } from './reconnection.js';

describe('a reconnection', () => {
  const connect = jest.fn();
  let reconnection: Reconnection;

  beforeEach(() => {
    jest.useFakeTimers();
    connect.mockClear();
    reconnection = new Reconnection(connect, () => 0.5);
  });
  afterEach(() => {
    reconnection.stop();
    jest.useRealTimers();
  });

  const delayAfter = (isRefused: boolean) => {
    reconnection.after(isRefused);
    const before = Date.now();
    jest.advanceTimersToNextTimer();
    return Date.now() - before;
  };

  it('comes later each time, up to five seconds', () => {
    expect(Array.from({ length: 8 }, () => delayAfter(false))).toEqual([
      100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000,
    ]);
    expect(connect).toHaveBeenCalledTimes(8);
  });

  it('starts again with a short delay after a success', () => {
    for (let failures = 0; failures < 5; failures++) delayAfter(false);
    reconnection.succeeded();
    expect(delayAfter(false)).toBe(100);
  });

  it('comes after 10 to 20 seconds if the service refuses the client, which may be registered by then', () => {
    expect(delayAfter(true)).toBe(15_000);
  });

  it('does not come after a stop', () => {
    reconnection.after(false);
    reconnection.stop();
    jest.runAllTimers();
    expect(connect).not.toHaveBeenCalled();
  });
});
