// The second half of `npm run build`: one file in place of the two thousand that a start would open one by one.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

/** What `tsc` has written. */
const built = process.argv[2] ?? 'dist';

/** Found beside the service as before: binaries, files that are served, and what only development has. */
const LEFT_OUTSIDE = [
  '@node-rs/argon2',
  'swagger-ui-dist',
  '@electric-sql/pglite',
  '@electric-sql/pglite-socket',
];

/** What dependencies would use if it were installed. */
const NOT_INSTALLED = [
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'class-transformer/storage',
  'pg-native',
];

// esbuild follows `require` only where nobody has given it another meaning: typeorm and class-validator would be there
// twice, each with metadata of its own. And a CommonJS module that is imported late keeps no named exports.
const oneOfEach = {
  name: 'one-of-each',
  setup({ onLoad }) {
    onLoad({ filter: /@nestjs\/(typeorm|mapped-types|common)\/.*\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8'))
        .replace('const require = createRequire(import.meta.url);', '')
        .replace(/import\(('class-(validator|transformer)')\)/g, 'Promise.resolve(require($1))'),
    }));
  },
};

// CommonJS inside an ES module.
const BANNER = `
import { createRequire as latchkeyCreateRequire } from 'node:module';
import { fileURLToPath as latchkeyFileURLToPath } from 'node:url';
const require = latchkeyCreateRequire(import.meta.url);
const __filename = latchkeyFileURLToPath(import.meta.url);
const __dirname = latchkeyFileURLToPath(new URL('.', import.meta.url));`;

await build({
  entryPoints: ['main', 'openapi', 'cli/explain', 'cli/migrate', 'cli/user'].map(
    (name) => `${built}/src/${name}.js`,
  ),
  // Workspace packages are bundled from their source.
  conditions: ['source'],
  outdir: `${built}/src`,
  chunkNames: 'main-[name]-[hash]',
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Nest injects by class, and logs by its name.
  keepNames: true,
  minify: true,
  external: [...LEFT_OUTSIDE, ...NOT_INSTALLED],
  plugins: [oneOfEach],
  banner: { js: BANNER },
  logLevel: 'warning',
});
// It is of the file that was replaced.
await rm(`${built}/src/main.js.map`);

// V8 keeps a source with a single character beyond Latin-1 in two bytes for each. Strings come escaped; the regular
// expressions of a library do not.
const main = `${built}/src/main.js`;
const source = await readFile(main, 'utf8');
await writeFile(main, source.replace(/[^\0-\x7f]/g, escaped));

function escaped(codeUnit) {
  return `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
