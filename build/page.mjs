// Builds the page at `/account`: files whose names change with their content. The sign-in with the list of devices, and
// the pages that links in emails lead to, have one script each in each language.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
  const builds = variants(folder).map((variant) => build(writingAssets(variant)));
  await Promise.all([...builds, copyDocument(folder)]);
}

/**
 * Builds the page, and again whenever one of its files changes. Another process may serve the same folder, so files that
 * stay the same are not touched.
 *
 * @param {string} folder
 * @param {() => Promise<void>} changed called before a file is replaced by another version
 */
export async function watchPage(folder, changed) {
  await copyDocument(folder);
  for (const variant of variants(folder)) {
    const page = await context(writingAssets(variant, changed));
    await page.rebuild();
    await page.watch();
  }
}

/** The service fills it in, because it differs between deployments and languages (`page-document.ts`). */
async function copyDocument(folder) {
  await mkdir(folder, { recursive: true });
  await writeWhole(`${folder}/index.html`, await readFile(`${WEB}page.html`));
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

function writingAssets(variant, changed = async () => {}) {
  const setup = ({ onEnd }) =>
    onEnd(async ({ outputFiles, errors }) => {
      if (!outputFiles || errors.length > 0) return;
      await Promise.all(outputFiles.map((output) => writeAsset(output, changed)));
    });
  return { ...variant, plugins: [...variant.plugins, { name: 'assets', setup }] };
}

/** Under a name that changes with the content. Brotli takes too long to compress the files at each start of the service. */
async function writeAsset({ path, contents, text }, changed) {
  const { dir, name, ext } = parse(path);
  const bytes = ext === '.js' ? Buffer.from(await minified(text)) : contents;
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase();
  const file = `${name}-${hash}${ext}`;
  await mkdir(dir, { recursive: true });
  const present = await readdir(dir);
  // The service would find two files for the same script.
  const version = new RegExp(`^${name}-[A-Z0-9]{8}\\${ext}(\\.br)?$`);
  const outdated = present.filter((other) => version.test(other) && !other.startsWith(file));
  if (outdated.length > 0) await changed();
  if (!present.includes(file)) {
    await writeWhole(join(dir, `${file}.br`), await promisify(brotliCompress)(bytes));
    await writeWhole(join(dir, file), bytes);
  }
  await Promise.all(outdated.map((other) => rm(join(dir, other))));
}

/** Nobody reads a part of the file: it is written outside the folder that the service reads, and then moved. */
async function writeWhole(path, content) {
  const { dir, base } = parse(path);
  const unfinished = join(dir, '..', `${base}.${process.pid}`);
  await writeFile(unfinished, content);
  await rename(unfinished, path);
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
