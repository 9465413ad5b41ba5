import { countTests } from './count-tests.mjs';

const counts = (some: object = {}) => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  ...some,
});

describe('the count of the tests', () => {
  it.each([
    ['all passed', counts(), 0, ['3 passed, 0 failed'], 0],
    [
      'some skipped',
      counts({ numPendingTests: 1, numTodoTests: 1 }),
      0,
      ['2 skipped, see above', '3 passed, 0 failed'],
      0,
    ],
    ['one failed', counts({ numFailedTests: 1 }), 1, ['3 passed, 1 failed'], 1],
    ['a suite that cannot be loaded', counts({ numRuntimeErrorTestSuites: 1 }), 1, ['3 passed, 1 failed'], 1],
    ['a failure that jest did not tell', counts({ numFailedTests: 1 }), 0, ['3 passed, 1 failed'], 1],
  ])('is true: %s', (_, result, jestExitCode, lines, exitCode) => {
    expect(countTests(result, jestExitCode, false)).toEqual({ lines, exitCode });
  });

  it('says so above when only the coverage failed', () => {
    const { lines, exitCode } = countTests(counts(), 1, true);
    expect(lines).toEqual([expect.stringContaining('coverage'), '3 passed, 0 failed']);
    expect(exitCode).toBe(1);
  });

  it('is a failure when jest broke off, and when no test was executed', () => {
    expect(countTests(null, 0, true)).toMatchObject({ exitCode: 1, lines: { 1: '0 passed, 1 failed' } });
    expect(countTests(counts(), null, true)).toMatchObject({
      exitCode: 1,
      lines: { 1: '3 passed, 1 failed' },
    });
    expect(countTests(counts({ numPassedTests: 0, numPendingTests: 2 }), 0, true)).toMatchObject({
      exitCode: 1,
      lines: ['no test was executed', '2 skipped, see above', '0 passed, 0 failed'],
    });
  });
});
