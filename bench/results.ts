import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Machine } from './machine.js';
import type { SectionResult } from './section.js';

const DIRECTORY = new URL('results/', import.meta.url);

/** A result with its origin, since each section can be measured at a different time. */
export interface StoredResult {
  readonly section: string;
  readonly measuredAt: string;
  readonly commit: string;
  readonly quick: boolean;
  readonly command: string;
  readonly machine: Machine;
  readonly result: SectionResult;
}

export function writeResult(stored: StoredResult): void {
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(fileOf(stored.section), `${JSON.stringify(stored, null, 2)}\n`);
}

/** @returns the stored results of these sections, in this order; sections without one are left out */
export function readResults(sections: readonly string[]): StoredResult[] {
  return sections
    .filter((section) => existsSync(fileOf(section)))
    .map((section) => JSON.parse(readFileSync(fileOf(section), 'utf8')) as StoredResult);
}

function fileOf(section: string): URL {
  return new URL(`${section}.json`, DIRECTORY);
}
