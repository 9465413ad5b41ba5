import { StreamLimits } from './stream-limits.js';

const limits = { perSession: 2, perUser: 3, total: 4 };
const caller = (userId: string, sessionId: string) => ({ userId, sessionId });

describe('the places for streams', () => {
  it.each([
    ['session', [caller('u', 'a'), caller('u', 'a'), caller('u', 'a')], 'too_many_requests'],
    ['user', [caller('u', 'a'), caller('u', 'b'), caller('u', 'c'), caller('u', 'd')], 'too_many_requests'],
    ['instance', ['a', 'b', 'c', 'd', 'e'].map((id) => caller(`u${id}`, id)), 'overloaded'],
  ])('are bounded per %s', (_, callers, code) => {
    const places = new StreamLimits(limits);
    const last = callers.pop() ?? caller('', '');
    const leave = callers.map((it) => places.take(it));
    expect(() => places.take(last)).toThrow(expect.objectContaining({ code, retryAfterSeconds: 30 }));
    for (const give of leave) give();
    for (const it of callers) places.take(it);
  });
});
