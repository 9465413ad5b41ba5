import { StreamLimits } from './stream-limits.js';

const limits = { perSession: 2, perUser: 3, perNetwork: 4, total: 5 };
const caller = (userId: string, sessionId: string, network = `network of ${userId}`) => ({
  userId,
  sessionId,
  network,
});

describe('StreamLimits', () => {
  it.each([
    ['session', [caller('u', 'a'), caller('u', 'a'), caller('u', 'a')], 'too_many_requests'],
    ['user', [caller('u', 'a'), caller('u', 'b'), caller('u', 'c'), caller('u', 'd')], 'too_many_requests'],
    ['network', ['a', 'b', 'c', 'd', 'e'].map((id) => caller(`u${id}`, id, 'office')), 'too_many_requests'],
    ['instance', ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => caller(`u${id}`, id)), 'overloaded'],
  ])('limits streams per %s', (_, callers, code) => {
    const streams = new StreamLimits(limits);
    const last = callers.pop() ?? caller('', '');
    const release = callers.map((it) => streams.take(it));
    expect(() => streams.take(last)).toThrow(expect.objectContaining({ code, retryAfterSeconds: 30 }));
    for (const close of release) close();
    for (const it of callers) streams.take(it);
  });
});
