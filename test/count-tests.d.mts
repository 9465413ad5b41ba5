export interface JestCounts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** The closing lines of a test run, the count last, and its exit code. */
export function countTests(
  result: JestCounts | null,
  jestExitCode: number | null,
  isMeasured: boolean,
): { lines: string[]; exitCode: number };
