// Builds the page at `/account`: files whose names change with their content.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

const WEB = fileURLToPath(new URL('../web/', import.meta.url));

/** @param {string} folder where the service looks for the page, `web` beside its own folder */
export async function buildPage(folder) {
  await rm(folder, { recursive: true, force: true });
  await build(options(folder));
}

/** Builds the page, and again whenever one of its files changes. */
export async function watchPage(folder) {
  const page = await context(options(folder));
  await page.rebuild();
  await page.watch();
}

function options(folder) {
  return {
    entryPoints: ['src/main.tsx', 'style.css', 'icon.svg'].map((name) => WEB + name),
    outdir: `${folder}/assets`,
    entryNames: '[name]-[hash]',
    loader: { '.svg': 'copy' },
    bundle: true,
    format: 'esm',
    target: ['chrome109', 'firefox115', 'safari16'],
    minify: true,
    metafile: true,
    logLevel: 'warning',
    plugins: [{ name: 'index', setup: (build) => writesIndex(build, folder) }],
  };
}

function writesIndex({ onEnd }, folder) {
  onEnd(async ({ metafile, errors }) => {
    if (errors.length > 0) return;
    const files = Object.keys(metafile.outputs).map((path) => basename(path));
    const template = await readFile(`${WEB}page.html`, 'utf8');
    const index = template.replace(/\{(\w+\.\w+)\}/g, (_, name) => `/account/assets/${built(files, name)}`);
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/index.html`, index);
  });
}

/** @param {string} name without the hash */
function built(files, name) {
  const [stem, extension] = name.split('.');
  const file = files.find((it) => it.startsWith(`${stem}-`) && it.endsWith(`.${extension}`));
  if (!file) throw new Error(`the page names ${name}, which was not built`);
  return file;
}
