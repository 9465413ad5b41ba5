// `npm run build`: bundles the package into `dist/`. It has no dependencies.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { emitTypes } from '../../build/package-types.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const DIST = join(HERE, 'dist');
/** What users import. One build for all, so that they share classes such as `SessionEnded`. */
const ENTRIES = ['create-client', 'cookie-client', 'node', 'react', 'devices-element'];

rmSync(DIST, { recursive: true, force: true });
await build({
  absWorkingDir: HERE,
  entryPoints: ENTRIES.map((name) => `src/${name}.ts`),
  outdir: DIST,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'neutral',
  format: 'esm',
  target: 'es2022',
  external: ['react', 'node:*'],
  logLevel: 'warning',
});
emitTypes(HERE, ENTRIES);
