import { PassThrough } from 'node:stream';
import { confirm } from './confirm.js';

/** What a terminal with this input is asked and what it answers. */
async function asked(typed: string) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = new PassThrough({ encoding: 'utf8' });
  input.end(typed);
  const answer = await confirm('Revert it?', { input, output });
  return { answer, question: output.read() };
}

describe('a question on the terminal', () => {
  it.each(['y\n', 'Y\n', 'yes\n', ' YES \r\n'])('is confirmed by %j', async (typed) => {
    expect(await asked(typed)).toEqual({ answer: true, question: 'Revert it? [y/N] ' });
  });

  it.each(['\n', 'n\n', 'yess\n', 'no\ny\n', ''])('is not confirmed by %j', async (typed) => {
    expect((await asked(typed)).answer).toBe(false);
  });

  it('is refused without a terminal', async () => {
    const output = new PassThrough();
    await expect(confirm('Revert it?', { input: new PassThrough(), output })).rejects.toMatchObject({
      code: 'validation_failed',
    });
    expect(output.read()).toBeNull();
  });
});
