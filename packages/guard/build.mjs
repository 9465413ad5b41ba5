// `npm run build`: bundles the package into `dist/`, so that it installs without the other packages of this repository.
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import { build } from 'esbuild';
import { emitTypes } from '../../build/package-types.mjs';
import { swcOptions } from '../../build/swc-options.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const DIST = join(HERE, 'dist');
/** What users import or run. One build for all, so that they share classes such as `GuardError`. */
const ENTRIES = ['create-guard', 'express', 'fastify', 'grpc', 'nest', 'ws', 'edge'].filter((name) =>
  existsSync(join(HERE, 'src', `${name}.ts`)),
);
const OWN = /^@latchkey\//;
const BARE = /^[^./]/;

const {
  dependencies,
  peerDependencies,
  bin = {},
} = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'));

/** Everything else that is imported by name is installed beside the package. */
const installed = {
  name: 'installed',
  setup({ onResolve }) {
    onResolve({ filter: BARE }, ({ path, kind }) =>
      OWN.test(path) || kind === 'entry-point' ? undefined : { path, external: true },
    );
  },
};

/** As in the build of the service: Nest needs the metadata of decorators, which esbuild does not emit. */
const typescript = {
  name: 'typescript',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), {
        ...swcOptions,
        filename: path,
        sourceMaps: false,
      });
      return { contents: code, loader: 'js' };
    });
  },
};

rmSync(DIST, { recursive: true, force: true });
await bundleCode();
emitTypes(HERE, ENTRIES);

async function bundleCode() {
  const { metafile } = await build({
    absWorkingDir: HERE,
    entryPoints: ENTRIES.map((name) => `src/${name}.ts`),
    outdir: DIST,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['latchkey-source'],
    plugins: [installed, typescript],
    logLevel: 'warning',
    metafile: true,
  });
  requireDeclared(Object.values(metafile.outputs).flatMap(({ imports }) => imports));
  for (const path of Object.values(bin)) chmodSync(join(HERE, path), 0o755);
}

/** A package that is missing here would only be missed by users. */
function requireDeclared(imports) {
  const declared = Object.keys({ ...dependencies, ...peerDependencies });
  const isDeclared = (path) => declared.some((name) => path === name || path.startsWith(`${name}/`));
  const undeclared = imports.filter(
    ({ path, external }) => external && !path.startsWith('node:') && !isDeclared(path),
  );
  if (undeclared.length > 0)
    throw new Error(`not in package.json: ${undeclared.map(({ path }) => path).join(', ')}`);
}
