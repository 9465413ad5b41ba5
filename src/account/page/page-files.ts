import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { sendsMail } from '../../mail/outbox.js';

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

/**
 * The page as built by `build/page.mjs`. Its few small files are kept in memory, so no path from a client reaches the
 * disk.
 */
@Injectable()
export class PageFiles {
  private readonly page: PageFile | undefined;
  private readonly assets = new Map<string, PageFile>();

  constructor(config: Config) {
    const folder = builtFolder();
    if (!folder) return;
    this.page = withMail(read('index.html', folder), sendsMail(config));
    const assets = new URL('assets/', folder);
    for (const name of readdirSync(assets)) this.assets.set(name, read(name, assets));
  }

  /** @throws {AppError} not_found if the page has not been built */
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

/** Without mail the page offers nothing that needs one, such as a password reset. */
function withMail({ type, bytes }: PageFile, isSent: boolean): PageFile {
  return { type, bytes: Buffer.from(bytes.toString().replace('{mail}', isSent ? 'sent' : 'none')) };
}

function read(name: string, folder: URL): PageFile {
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    bytes: readFileSync(new URL(name, folder)),
  };
}

/** Next to the built service, or in the project's `dist` folder when it runs from source. */
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
