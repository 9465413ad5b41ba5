import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** The shortest first. Browsers accept Brotli over HTTPS and on localhost. */
export const CODINGS = ['br', 'gzip'] as const;
export type Coding = (typeof CODINGS)[number];

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** The same bytes, compressed. They contain no secret, so their length tells nothing. */
  readonly compressed: Readonly<Record<Coding, Buffer>>;
}

/** The build compresses its files with Brotli, because that takes too long for a start (`build/page.mjs`). */
const COMPRESSED = '.br';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

/**
 * The files of the page, as built by `build/page.mjs` and as adapted to the brand. They are few and small, so they are kept
 * in memory, and no path from a client reaches the disk.
 */
export class PageAssets {
  private readonly files = new Map<string, PageFile>();

  constructor(folder: URL) {
    const names = readdirSync(folder);
    const read = (name: string) => readFileSync(new URL(name, folder));
    for (const name of names.filter((candidate) => !candidate.endsWith(COMPRESSED))) {
      const brotli = names.includes(name + COMPRESSED) ? read(name + COMPRESSED) : undefined;
      this.files.set(name, pageFile(name, read(name), brotli));
    }
  }

  find(name: string): PageFile | undefined {
    return this.files.get(name);
  }

  /** The path of a built file. @param stem its name without the hash, such as `account-de` */
  pathOf(stem: string, extension: string): string {
    const pattern = new RegExp(`^${stem}-[A-Z0-9]{8}\\${extension}$`);
    const name = [...this.files.keys()].find((candidate) => pattern.test(candidate));
    if (name === undefined) throw new Error(`the page has no ${stem}${extension}`);
    return `/account/assets/${name}`;
  }

  textOf(path: string): string {
    return this.files.get(path.slice(path.lastIndexOf('/') + 1))?.bytes.toString() ?? '';
  }

  /** Adds a file under a name that changes with its content. @returns its path */
  add(stem: string, extension: string, bytes: Buffer): string {
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase();
    const name = `${stem}-${hash}${extension}`;
    this.files.set(name, pageFile(name, bytes));
    return `/account/assets/${name}`;
  }
}

export function pageFile(name: string, bytes: Buffer, br = brotliCompressSync(bytes)): PageFile {
  const type = TYPES[extname(name)] ?? 'application/octet-stream';
  return { type, bytes, compressed: { br, gzip: gzipSync(bytes, { level: 9 }) } };
}

/** Next to the built service, or in the project's `dist` folder when it runs from source; `null` if it is not built. */
export function builtFolder(): URL | null {
  let folder = new URL('.', import.meta.url);
  for (;;) {
    for (const name of ['web/', 'dist/web/']) {
      const candidate = new URL(name, folder);
      if (existsSync(new URL('index.html', candidate))) return candidate;
    }
    const parent = new URL('..', folder);
    if (existsSync(new URL('package.json', folder)) || parent.href === folder.href) return null;
    folder = parent;
  }
}
