import { RedisMisconfigured } from './redis-misconfigured.js';

/**
 * Waits until more than half of the voters have given the same answer.
 *
 * @param votes one for each voter; they never stay pending
 * @param keyOf answers with the same key are the same
 * @throws {RedisMisconfigured} the refusal of a voter; otherwise `Error`, as soon as no majority is possible
 */
export function majorityOf<T>(votes: readonly Promise<T>[], keyOf: (answer: T) => string): Promise<T> {
  const needed = Math.floor(votes.length / 2) + 1;
  const counts = new Map<string, number>();
  const failures: unknown[] = [];
  let pending = votes.length;
  return new Promise((resolve, reject) => {
    const settleIfLost = () => {
      pending -= 1;
      if (Math.max(0, ...counts.values()) + pending >= needed) return;
      const refusal = failures.find((failure) => failure instanceof RedisMisconfigured);
      const cause = refusal ?? failures[0];
      reject(refusal ?? new Error(`no majority of ${votes.length} agrees on the current Redis`, { cause }));
    };
    for (const vote of votes) {
      vote.then(
        (answer) => {
          const count = (counts.get(keyOf(answer)) ?? 0) + 1;
          counts.set(keyOf(answer), count);
          if (count === needed) resolve(answer);
          settleIfLost();
        },
        (error: unknown) => {
          failures.push(error);
          settleIfLost();
        },
      );
    }
  });
}
