/** Keys of the Postgres advisory locks: arbitrary numbers, different from one another. */
export const ADVISORY_LOCKS = {
  migrations: 7_210_001,
  singleInstance: 7_210_002,
  signingKeys: 7_210_003,
} as const;
