import { Logger } from '@nestjs/common';
import { MemoryGuard } from '../../testing/memory-guard.js';
import { GuardLifecycle } from './guard-lifecycle.js';

const OPTIONS = { issuer: 'https://latchkey.test', clientId: 'c', clientSecret: 's', audience: 'a' };

function pending() {
  let resolve = () => {};
  let reject = (_: Error) => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    [resolve, reject] = [onResolve, onReject];
  });
  return { promise, resolve, reject };
}

describe('GuardLifecycle', () => {
  const logged: unknown[] = [];
  beforeAll(() => {
    const log = (text: unknown) => logged.push(text);
    Logger.overrideLogger({ log, error: log, warn: log });
  });
  beforeEach(() => logged.splice(0));
  afterAll(() => Logger.overrideLogger(false));

  it('lets the application start when the guard is ready', async () => {
    await new GuardLifecycle(new MemoryGuard(), OPTIONS).onModuleInit();
    expect(logged).toEqual([]);
  });

  it('lets the application start when the service cannot be reached in time, and logs when it can', async () => {
    const reached = pending();
    const guard = new MemoryGuard().readyWhen(reached.promise);
    await new GuardLifecycle(guard, { ...OPTIONS, readyTimeoutMs: 1 }).onModuleInit();
    expect(logged).toEqual([expect.stringContaining('answered with 503')]);
    reached.resolve();
    await reached.promise;
    expect(logged.at(-1)).toMatch(/has been reached/);
  });

  it('stops the start when the service refuses the credentials', async () => {
    const guard = new MemoryGuard().readyWhen(Promise.reject(new Error('wrong secret')));
    await expect(new GuardLifecycle(guard, OPTIONS).onModuleInit()).rejects.toThrow('wrong secret');
  });

  it('logs when the service refuses the credentials after the start', async () => {
    const reached = pending();
    const guard = new MemoryGuard().readyWhen(reached.promise);
    await new GuardLifecycle(guard, { ...OPTIONS, readyTimeoutMs: 1 }).onModuleInit();
    reached.reject(new Error('wrong secret'));
    await expect(reached.promise).rejects.toThrow();
    expect(logged).toContainEqual(expect.stringContaining('refuses the credentials'));
  });

  it('closes the guard that the module created, but not one that the application shares', async () => {
    const [created, shared] = [new MemoryGuard(), new MemoryGuard()];
    await new GuardLifecycle(created, OPTIONS).beforeApplicationShutdown();
    await new GuardLifecycle(shared, { guard: shared }).beforeApplicationShutdown();
    expect([created.isClosed, shared.isClosed]).toEqual([true, false]);
  });
});
