// Bundles each program of the service and its packages into a few files: a start that opens two thousand is slow.
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode, encode } from '@jridgewell/sourcemap-codec';
import { transform } from '@swc/core';
import { build } from 'esbuild';
import { swcOptions } from './swc-options.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMMAND = 'src/cli/latchkey';
const PROGRAMS = ['src/main', 'src/openapi', COMMAND];

/** Resolved from `node_modules` at run time: binaries, served files, and what only development needs. */
const NOT_BUNDLED = [
  '@node-rs/argon2',
  'swagger-ui-dist',
  '@electric-sql/pglite',
  '@electric-sql/pglite-socket',
  'pino-pretty',
];

/**
 * Optional dependencies of dependencies, which the service does not use. The tests and examples have some of them: Nest would
 * load them, and with them itself a second time.
 */
const NOT_USED = [
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'class-transformer/storage',
  'pg-native',
];

// CommonJS inside an ES module.
const BANNER = `
import { createRequire as latchkeyCreateRequire } from 'node:module';
import { fileURLToPath as latchkeyFileURLToPath } from 'node:url';
const require = latchkeyCreateRequire(import.meta.url);
const __filename = latchkeyFileURLToPath(import.meta.url);
const __dirname = latchkeyFileURLToPath(new URL('.', import.meta.url));`;

/** @param {string} folder where `src/main.js`, `src/cli/latchkey.js` and their chunks go */
export async function bundle(folder) {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: PROGRAMS.map((program) => ({ in: `program:${program}.ts`, out: program })),
    outdir: folder,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Workspace packages are bundled from their source.
    conditions: ['latchkey-source'],
    // Nest injects by class, and logs by its name.
    keepNames: true,
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    external: NOT_BUNDLED,
    plugins: [programs, notUsed, typescript, dependencies],
    banner: { js: BANNER },
    logLevel: 'warning',
    metafile: true,
  });
  const outputs = Object.keys(metafile.outputs).map((path) => resolve(ROOT, path));
  await Promise.all(outputs.filter((path) => path.endsWith('.map')).map(keepOwnSources));
  await chmod(`${folder}/${COMMAND}.js`, 0o755);
}

/**
 * Node reads the source maps only of modules that are loaded after source maps were enabled. An old Node must not parse
 * the program: hence no `await` here.
 */
const programs = {
  name: 'programs',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^program:/ }, ({ path }) => ({
      path: path.slice('program:'.length),
      namespace: 'program',
    }));
    onLoad({ filter: /./, namespace: 'program' }, ({ path }) => ({
      contents: `#!/usr/bin/env node
import './build/supported-node.cjs';
process.setSourceMapsEnabled(true);
import('./${path}');
`,
      resolveDir: ROOT,
    }));
  },
};

/** As if they were not installed. */
const notUsed = {
  name: 'not used',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${NOT_USED.join('|')})(/|$)`) }, ({ path }) => ({
      path,
      namespace: 'not-used',
    }));
    onLoad({ filter: /./, namespace: 'not-used' }, ({ path }) => ({
      contents: `throw Object.assign(new Error('${path} is not part of the service'), { code: 'MODULE_NOT_FOUND' });`,
    }));
  },
};

const typescript = {
  name: 'typescript',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), {
        ...swcOptions,
        filename: path,
        sourceFileName: basename(path),
        sourceMaps: 'inline',
      });
      return { contents: code, loader: 'js' };
    });
  },
};

const dependencies = {
  name: 'dependencies',
  setup({ onLoad }) {
    onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: asLatin1(inOneCopy(path, withoutMap(source))), loader: 'js' };
    });
  },
};

/**
 * esbuild follows `require` only where it has not been given another meaning: typeorm and class-validator would be
 * there twice, each with its own metadata. And a CommonJS module that is imported late keeps no named exports.
 */
function inOneCopy(path, source) {
  if (!/\/@nestjs\/(typeorm|mapped-types|common)\//.test(path)) return source;
  return source
    .replace('const require = createRequire(import.meta.url);', '')
    .replace(/import\(('class-(validator|transformer)')\)/g, 'Promise.resolve(require($1))');
}

/**
 * V8 stores a source that has a single character beyond Latin-1 in two bytes per character. esbuild escapes strings,
 * but not regular expressions.
 */
function asLatin1(source) {
  return source.replace(
    /[^\0-\x7f]/g,
    (codeUnit) => `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function withoutMap(source) {
  return source.replace(/^\/\/# sourceMappingURL=.*$/gm, '');
}

/** Keeps what maps to the service's own source: Node parses each map at start, and the whole is ten times as large. */
async function keepOwnSources(path) {
  const map = JSON.parse(await readFile(path, 'utf8'));
  const isOwn = map.sources.map((source) => !source.includes('node_modules/'));
  const mappings = decode(map.mappings).map((line) =>
    line
      .map(([column, source, ...position]) =>
        isOwn[source] ? [column, source, position[0], position[1]] : [column],
      )
      .filter(({ length }, index, all) => length > 1 || all[index - 1]?.length > 1),
  );
  const sources = map.sources.map((source, index) => (isOwn[index] ? source : ''));
  await writeFile(path, JSON.stringify({ version: 3, sources, names: [], mappings: encode(mappings) }));
}
