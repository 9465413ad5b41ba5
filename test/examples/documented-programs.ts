import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FROM_SOURCE } from '../support/example-process.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache');
const EDGE = join(ROOT, 'packages/guard/src/edge.ts');
const PROGRAM = /<!-- program: (\S+) -->\n```\w+\n([\s\S]*?)```\n/g;

/** The programs of a document, written to files as they are printed there. */
export class DocumentedPrograms {
  readonly directory: string;
  readonly #programs: ReadonlyMap<string, string>;

  /** @param document from the root of the project */
  constructor(document: string) {
    const text = readFileSync(join(ROOT, document), 'utf8');
    this.#programs = new Map([...text.matchAll(PROGRAM)].map(([, name = '', code = '']) => [name, code]));
    // Below the packages of the workspace, so that the programs can import them.
    mkdirSync(CACHE, { recursive: true });
    this.directory = mkdtempSync(join(CACHE, 'latchkey-documents-'));
    for (const [name, code] of this.#programs) writeFileSync(join(this.directory, name), code);
    this.#installEdge();
  }

  /** @throws if the document has no program with this name */
  text(name: string): string {
    const text = this.#programs.get(name);
    if (text === undefined) throw new Error(`the document has no program ${name}`);
    return text;
  }

  /** From the root of the project. */
  file(name: string): string {
    this.text(name);
    return relative(ROOT, join(this.directory, name));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** What npm does for the `bin` of a package. */
  #installEdge(): void {
    const path = join(this.directory, 'latchkey-edge');
    writeFileSync(path, `#!/bin/sh\nexec ${process.execPath} ${FROM_SOURCE.join(' ')} ${EDGE} "$@"\n`);
    chmodSync(path, 0o755);
  }
}
