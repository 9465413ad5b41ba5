import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { brandOf } from '../../brand/brand.js';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import type { LanguageTag } from '../../languages/languages.js';
import { builtFolder, PageAssets, type PageFile, pageFile } from './page-assets.js';
import { documentName, type PageScript, pageDocuments } from './page-document.js';

/** The page as this deployment serves it. */
@Injectable()
export class PageFiles {
  private readonly assets: PageAssets | undefined;
  private readonly documents = new Map<string, PageFile>();

  constructor(config: Config) {
    const folder = builtFolder();
    if (!folder) return;
    const template = readFileSync(new URL('index.html', folder), 'utf8');
    this.assets = new PageAssets(new URL('assets/', folder));
    for (const { name, html } of pageDocuments(template, this.assets, brandOf(config), config))
      this.documents.set(name, pageFile('index.html', Buffer.from(html)));
  }

  /** @throws {AppError} not_found if the page has not been built */
  requirePage(script: PageScript, language: LanguageTag): PageFile {
    return found(this.documents.get(documentName(script, language)));
  }

  /** @throws {AppError} not_found */
  requireAsset(name: string): PageFile {
    return found(this.assets?.find(name));
  }
}

function found(file: PageFile | undefined): PageFile {
  if (!file) throw new AppError('not_found');
  return file;
}
