// Builds the page at `/account`: files whose names change with their content. The sign-in with the list of devices, and
// the pages that links in emails lead to, have one script each in each language.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { minify } from '@swc/core';
import { build, context } from 'esbuild';

const WEB = fileURLToPath(new URL('../web/', import.meta.url));
const SCRIPTS = ['account', 'links'];
const CATALOGUES = fileURLToPath(new URL('../src/languages/catalogues/', import.meta.url));

/** @param {string} folder where the service looks for the page, `web` beside its own folder */
export async function buildPage(folder) {
  await rm(folder, { recursive: true, force: true });
  await Promise.all([...variants(folder).map((options) => build(options)), copyDocument(folder)]);
}

/** Builds the page, and again whenever one of its files changes. */
export async function watchPage(folder) {
  await rm(folder, { recursive: true, force: true });
  await copyDocument(folder);
  for (const options of variants(folder)) {
    const page = await context(options);
    await page.rebuild();
    await page.watch();
  }
}

/** The service fills it in, because it differs between deployments and languages (`page-document.ts`). */
async function copyDocument(folder) {
  await mkdir(folder, { recursive: true });
  await copyFile(`${WEB}page.html`, `${folder}/index.html`);
}

function variants(folder) {
  const languages = readdirSync(CATALOGUES).map((file) => file.slice(0, -'.ts'.length));
  return [
    options(folder, { entryPoints: [`${WEB}style.css`, `${WEB}icon.svg`], plugins: [] }),
    ...languages.map((tag) =>
      options(folder, {
        entryPoints: SCRIPTS.map((name) => ({ in: `${WEB}src/${name}.tsx`, out: `${name}-${tag}` })),
        plugins: [{ name: 'language', setup: (build) => usesCatalogue(build, tag) }],
      }),
    ),
  ];
}

function options(folder, variant) {
  return {
    ...variant,
    plugins: [...variant.plugins, { name: 'assets', setup: writesAssets }],
    outdir: `${folder}/assets`,
    write: false,
    loader: { '.svg': 'copy' },
    bundle: true,
    format: 'esm',
    target: ['chrome109', 'firefox115', 'safari16'],
    // Workspace packages are bundled from their source.
    conditions: ['latchkey-source'],
    minify: true,
    // `web/tsconfig.json` has the JSX of `preact/jsx-runtime`, whose calls are longer.
    tsconfigRaw: { compilerOptions: { jsx: 'react', jsxFactory: 'h', jsxFragmentFactory: 'Fragment' } },
    inject: [`${WEB}src/jsx.js`],
    // An umlaut is longer as an escape sequence. The service names the charset.
    charset: 'utf8',
    logLevel: 'warning',
  };
}

function writesAssets({ onEnd }) {
  let written = [];
  onEnd(async ({ outputFiles, errors }) => {
    if (!outputFiles || errors.length > 0) return;
    const before = written;
    written = (await Promise.all(outputFiles.map(writeAsset))).flat();
    // The service would find two files for the same script.
    await Promise.all(before.filter((path) => !written.includes(path)).map((path) => rm(path)));
  });
}

/**
 * Under a name that changes with the content. Brotli takes too long to compress the files at each start of the service.
 *
 * @returns the paths of the file and of its compressed form
 */
async function writeAsset({ path, contents, text }) {
  const { dir, name, ext } = parse(path);
  const bytes = ext === '.js' ? Buffer.from(await minified(text)) : contents;
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase();
  const target = join(dir, `${name}-${hash}${ext}`);
  await mkdir(dir, { recursive: true });
  await writeFile(target, bytes);
  await writeFile(`${target}.br`, await promisify(brotliCompress)(bytes));
  return [target, `${target}.br`];
}

/** Also across modules, which makes the scripts 6 % shorter than what esbuild does alone. */
async function minified(script) {
  const { code } = await minify(script, {
    module: true,
    ecma: 2022,
    compress: { passes: 3 },
    mangle: { toplevel: true },
  });
  return code;
}

/** `web/src/messages.ts` names the English catalogue. */
function usesCatalogue({ onResolve }, tag) {
  onResolve({ filter: /\/languages\/catalogues\/en$/ }, () => ({ path: `${CATALOGUES}${tag}.ts` }));
}
