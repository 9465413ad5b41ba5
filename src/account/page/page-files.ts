import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../errors/app-error.js';

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page as `build/page.mjs` has made it. A few small files, in memory: no path of a client ever reaches a disk. */
@Injectable()
export class PageFiles {
  private readonly page: PageFile | undefined;
  private readonly assets = new Map<string, PageFile>();

  constructor() {
    const folder = builtFolder();
    if (!folder) return;
    this.page = read('index.html', folder);
    const assets = new URL('assets/', folder);
    for (const name of readdirSync(assets)) this.assets.set(name, read(name, assets));
  }

  /** @throws {AppError} not_found where nobody has built it */
  requirePage(): PageFile {
    if (!this.page) throw new AppError('not_found');
    return this.page;
  }

  /** @throws {AppError} not_found */
  requireAsset(name: string): PageFile {
    const file = this.assets.get(name);
    if (!file) throw new AppError('not_found');
    return file;
  }
}

function read(name: string, folder: URL): PageFile {
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    bytes: readFileSync(new URL(name, folder)),
  };
}

/** Beside the built service, or in the `dist` of the project when it runs from its source. */
function builtFolder(): URL | null {
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
