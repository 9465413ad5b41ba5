/**
 * What a jest run amounts to.
 *
 * @param {import('./count-tests.mjs').JestCounts | null} result what jest wrote; null: it wrote nothing
 * @param {number | null} jestExitCode null: ended by a signal
 * @param {boolean} isMeasured whether coverage thresholds took part
 * @returns {{ lines: string[], exitCode: number }} the closing lines, the count last
 */
export function countTests(result, jestExitCode, isMeasured) {
  const notes = [];
  let exitCode = jestExitCode ?? 1;
  const passed = result?.numPassedTests ?? 0;
  // A suite that cannot be loaded, or fails outside its tests, has no failed test to show for it.
  let failed = (result?.numFailedTests ?? 0) + (result?.numRuntimeErrorTestSuites ?? 0);
  const skipped = (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0);

  if (!result || jestExitCode === null) {
    notes.push('jest ended before it had run the tests, see above');
    failed += 1;
  } else if (passed + failed === 0) {
    notes.push('no test was executed');
  } else if (failed === 0 && exitCode !== 0) {
    if (isMeasured) notes.push('every test passed, and the run failed: coverage is too low, see above');
    else failed = 1;
  }
  if (failed > 0 || passed === 0) exitCode ||= 1;
  if (skipped > 0) notes.push(`${skipped} skipped, see above`);
  return { lines: [...notes, `${passed} passed, ${failed} failed`], exitCode };
}
