import { existsSync } from 'node:fs';
import { swcOptions } from './build/swc-options.mjs';

/** Where an uncovered branch may be a hole: the decisions about who gets in. */
const MEASURED = ['src/auth', 'src/sessions'].filter((folder) =>
  existsSync(new URL(folder, import.meta.url)),
);

const ROOTS = ['src', 'packages', 'test', 'bench'].filter((folder) =>
  existsSync(new URL(folder, import.meta.url)),
);

const project = {
  testEnvironment: 'node',
  roots: ROOTS.map((folder) => `<rootDir>/${folder}`),
  // Workspace packages are tested from their TypeScript source.
  testEnvironmentOptions: { customExportConditions: ['latchkey-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  // Inline, so that coverage is counted in the source and not in the code that decorators compile to.
  transform: { '\\.ts$': ['@swc/jest', { ...swcOptions, sourceMaps: 'inline' }] },
  // Imports name the compiled file; its source lies beside it.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/packages/.*/dist/'],
};

/** @type {import('jest').Config} */
export default {
  projects: [
    // Needs no server, build or browser.
    { ...project, displayName: 'unit', testMatch: ['**/*.spec.ts'] },
    {
      ...project,
      displayName: 'e2e',
      testMatch: ['**/*.e2e-spec.ts'],
      globalSetup: './test/support/global-setup.mjs',
      globalTeardown: './test/support/global-teardown.mjs',
    },
  ],
  maxWorkers: 2,
  // The modules of a test file stay in memory when it has ended. After some 130 files, a worker had 4 GB of them and spent
  // its time on collecting garbage; tests failed because they were slow.
  workerIdleMemoryLimit: '1GB',
  testSequencer: './test/support/slowest-first.mjs',
  // A test that starts several processes shares the cores with other tests.
  testTimeout: 120_000,
  // Babel counts the branches that the source has. V8 counts blocks that ran: it sees none in a function
  // that was never called, and more in every class.
  coverageProvider: 'babel',
  collectCoverageFrom: [...MEASURED.map((folder) => `${folder}/**/*.ts`), '!**/*.spec.ts'],
  coverageReporters: ['text-summary', 'lcov'],
  // A threshold for a folder without files is an error to jest.
  coverageThreshold: Object.fromEntries(MEASURED.map((folder) => [`./${folder}/`, { branches: 95 }])),
};
