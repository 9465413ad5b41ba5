import { existsSync } from 'node:fs';
import { swcOptions } from './test/support/swc-options.mjs';

/** Where an uncovered branch may be a hole: the decisions about who gets in. */
const MEASURED = ['src/auth', 'src/sessions'].filter((folder) =>
  existsSync(new URL(folder, import.meta.url)),
);

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Workspace packages are tested from their TypeScript source.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  testMatch: [
    '<rootDir>/src/**/*.spec.ts',
    '<rootDir>/packages/*/src/**/*.spec.ts',
    '<rootDir>/test/**/*.spec.ts',
    '<rootDir>/test/**/*.e2e-spec.ts',
    '<rootDir>/bench/**/*.spec.ts',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', swcOptions] },
  // Imports name the built file; its source lies beside it.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  globalSetup: './test/support/global-setup.mjs',
  globalTeardown: './test/support/global-teardown.mjs',
  maxWorkers: 2,
  // A test that starts several processes shares the cores with other tests.
  testTimeout: 120_000,
  // Babel counts the branches that the source has. V8 counts blocks that ran: it sees none in a function
  // that was never called, and more in every class.
  coverageProvider: 'babel',
  collectCoverageFrom: MEASURED.map((folder) => `${folder}/**/*.ts`),
  coverageReporters: ['text-summary', 'lcov'],
  coverageThreshold: Object.fromEntries(
    // A threshold for a folder without files is an error to jest.
    MEASURED.filter((folder) => existsSync(new URL(folder, import.meta.url))).map((folder) => [
      `./${folder}/`,
      { branches: 95 },
    ]),
  ),
};
