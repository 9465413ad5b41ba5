// The last part of `npm run build`: the page at `/account`, as files whose names change with what is in them.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const WEB = fileURLToPath(new URL('../web/', import.meta.url));
/** Where the service looks for it, beside itself. */
const page = `${process.argv[2] ?? 'dist'}/web`;

await rm(page, { recursive: true, force: true });
await mkdir(page, { recursive: true });
const { metafile } = await build({
  entryPoints: ['src/main.tsx', 'style.css', 'icon.svg'].map((name) => WEB + name),
  outdir: `${page}/assets`,
  entryNames: '[name]-[hash]',
  loader: { '.svg': 'copy' },
  bundle: true,
  format: 'esm',
  target: ['chrome109', 'firefox115', 'safari16'],
  minify: true,
  metafile: true,
  logLevel: 'warning',
});

const files = Object.keys(metafile.outputs).map((path) => basename(path));
const template = await readFile(`${WEB}page.html`, 'utf8');
await writeFile(
  `${page}/index.html`,
  template.replace(/\{(\w+\.\w+)\}/g, (_, name) => `/account/assets/${built(name)}`),
);

/** @param {string} name without the hash */
function built(name) {
  const [stem, extension] = name.split('.');
  const file = files.find((it) => it.startsWith(`${stem}-`) && it.endsWith(`.${extension}`));
  if (!file) throw new Error(`the page names ${name}, which was not built`);
  return file;
}
