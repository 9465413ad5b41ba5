/** Keys of Postgres advisory locks, one namespace for all: arbitrary numbers that only have to differ. */
export const ADVISORY_LOCKS = {
  migrations: 7_210_001,
  singleInstance: 7_210_002,
  signingKeys: 7_210_003,
} as const;
