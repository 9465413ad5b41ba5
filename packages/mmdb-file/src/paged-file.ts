import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { LRUCache } from 'lru-cache';

const PAGE_BYTES = 4_096;
/** One megabyte: enough for the upper part of a search tree, which every lookup passes through. */
const CACHED_PAGES = 256;

/**
 * Reads parts of a file that is too large to load into memory. A page that was used before is usually in the operating
 * system's cache, where reading it takes microseconds.
 */
export class PagedFile {
  readonly size: number;
  private readonly descriptor: number;
  private readonly pages = new LRUCache<number, Buffer>({ max: CACHED_PAGES });

  /** @throws when the file cannot be read */
  constructor(path: string) {
    this.descriptor = openSync(path, 'r');
    this.size = fstatSync(this.descriptor).size;
  }

  /** @throws {RangeError} when the file does not contain all of these bytes */
  read(offset: number, length: number): Buffer {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size)) {
      throw new RangeError(`bytes ${offset} to ${offset + length} are outside the file`);
    }
    const within = offset % PAGE_BYTES;
    if (within + length <= PAGE_BYTES) {
      return this.page((offset - within) / PAGE_BYTES).subarray(within, within + length);
    }
    return this.readFromFile(offset, length);
  }

  close(): void {
    this.pages.clear();
    closeSync(this.descriptor);
  }

  private page(number: number): Buffer {
    const known = this.pages.get(number);
    if (known) return known;
    const offset = number * PAGE_BYTES;
    const page = this.readFromFile(offset, Math.min(PAGE_BYTES, this.size - offset));
    this.pages.set(number, page);
    return page;
  }

  private readFromFile(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    const count = readSync(this.descriptor, bytes, 0, length, offset);
    if (count < length) throw new RangeError('the file has become shorter');
    return bytes;
  }
}
