import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** File (`auth/jwt.strategy.ts`, relative to the root) -> what it imports, as written. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Every module that each TypeScript file below `root` names: imports, re-exports, dynamic imports, types. Tests may import anything. */
export function sourceImports(root: string): Imports {
  return new Map(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [
        relative(root, path).replaceAll('\\', '/'),
        ts.preProcessFile(readFileSync(path, 'utf8')).importedFiles.map(({ fileName }) => fileName),
      ]),
  );
}
