import { faultLog } from './fault-log.js';

describe('faultLog', () => {
  it('writes each message at most once a minute', () => {
    const lines: string[] = [];
    let now = 0;
    const report = faultLog(
      (line) => lines.push(line),
      () => now,
    );
    for (const message of ['a', 'b', 'a', 'b']) report(new Error(message));
    report('a');
    now = 60_000;
    report(new Error('a'));
    expect(lines).toEqual(['a', 'b', 'a']);
  });
});
