import { NextAnswer } from './next-answer.js';

describe('NextAnswer', () => {
  it('never gives an answer to a question that was asked before', async () => {
    const open: ((answer: number) => void)[] = [];
    const answers = new NextAnswer(() => new Promise<number>((resolve) => open.push(resolve)));
    const first = answers.get();
    await Promise.resolve();
    await new Promise(setImmediate);
    const [second, third] = [answers.get(), answers.get()];
    expect(open).toHaveLength(1);
    open[0]?.(1);
    expect(await first).toBe(1);
    await new Promise(setImmediate);
    expect(open).toHaveLength(2);
    open[1]?.(2);
    expect(await Promise.all([second, third])).toEqual([2, 2]);
  });

  it('asks again after a question that failed', async () => {
    let asked = 0;
    const answers = new NextAnswer(async () => {
      asked += 1;
      if (asked === 1) throw new Error('no majority');
      return asked;
    });
    await expect(answers.get()).rejects.toThrow('no majority');
    expect(await answers.get()).toBe(2);
  });
});
