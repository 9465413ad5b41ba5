import { majorityOf } from './majority.js';
import { RedisMisconfigured } from './redis-misconfigured.js';

const silent = () => Promise.reject(new Error('no answer within 500 ms'));
const refusing = () => Promise.reject(new RedisMisconfigured('Redis cannot be used: NOAUTH'));
const never = () => new Promise<string>(() => {});
const decide = (...votes: Promise<string>[]) => majorityOf(votes, (vote) => vote);
const says = (vote: string) => Promise.resolve(vote);

describe('the answer of a majority', () => {
  it('is known as soon as more than half agree', async () => {
    expect(await decide(says('a'), never(), says('a'))).toBe('a');
    expect(await decide(says('b'), says('a'), says('a'))).toBe('a');
    expect(await decide(says('a'))).toBe('a');
  });

  it('does not exist if half of them agree', async () => {
    const none = 'no majority of';
    await expect(decide(says('a'), says('b'))).rejects.toThrow(none);
    await expect(decide(says('a'), says('a'), says('b'), says('b'))).rejects.toThrow(none);
  });

  it('does not exist if too few answer, even if others are still silent', async () => {
    await expect(decide(says('a'), silent(), silent())).rejects.toThrow('no majority of 3');
    await expect(decide(silent(), silent(), never())).rejects.toThrow('no majority of 3');
  });

  it('is not prevented by a minority that fails or refuses', async () => {
    expect(await decide(silent(), says('a'), says('a'))).toBe('a');
    expect(await decide(refusing(), says('a'), says('a'))).toBe('a');
  });

  it('is replaced by a refusal, which an operator can fix', async () => {
    await expect(decide(refusing(), silent(), says('a'))).rejects.toThrow(RedisMisconfigured);
  });
});
