import { OneAtATime } from './one-at-a-time.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('OneAtATime', () => {
  it('runs work for one key in order, even after a failure, and work for other keys concurrently', async () => {
    const turns = new OneAtATime();
    const steps: string[] = [];
    let finishFirst = () => {};
    const first = turns.run('a', async () => {
      steps.push('first begins');
      await new Promise<void>((resolve) => {
        finishFirst = resolve;
      });
      throw new Error('first fails');
    });
    const second = turns.run('a', async () => steps.push('second'));
    await turns.run('b', async () => steps.push('other key'));
    await tick();
    expect(steps).toEqual(['first begins', 'other key']);
    finishFirst();
    await expect(first).rejects.toThrow('first fails');
    await second;
    expect(steps).toEqual(['first begins', 'other key', 'second']);
  });

  it('refuses more work for one key than can reasonably wait', async () => {
    const turns = new OneAtATime();
    const work = Array.from({ length: 150 }, () => turns.run('a', tick));
    const other = turns.run('b', tick);
    const outcomes = await Promise.allSettled(work);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(101);
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'overloaded', retryAfterSeconds: 1 } });
    await other;
    await turns.run('a', tick);
  });
});
