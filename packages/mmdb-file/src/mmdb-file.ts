import { Reader, type Response } from 'maxmind';
import { fileAsBuffer } from './file-as-buffer.js';
import { PagedFile } from './paged-file.js';

/** MaxMind DB File Format 2.0: precedes the metadata, which is in the last 128 KiB. */
const METADATA_MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
const METADATA_MAX_BYTES = 128 * 1_024;
/** Between the search tree and the data. */
const SEPARATOR_BYTES = 16;

/** A MaxMind DB that is read from its file. Only recently used parts are in memory. */
export class MmdbFile {
  private readonly file: PagedFile;
  private readonly reader: Reader<Response>;

  /** @throws when the file is missing, is not a MaxMind DB, or does not contain its search tree */
  constructor(path: string) {
    this.file = new PagedFile(path);
    requireMetadata(this.file);
    this.reader = new Reader(fileAsBuffer(this.file));
    if (!(this.metadata.searchTreeSize + SEPARATOR_BYTES <= this.file.size)) {
      throw new Error('it is incomplete');
    }
  }

  get metadata(): Reader<Response>['metadata'] {
    return this.reader.metadata;
  }

  /**
   * @returns the record of an IP address, `null` if there is none
   * @throws when the file is damaged
   */
  get(address: string): unknown {
    return this.reader.get(address);
  }

  close(): void {
    this.file.close();
  }
}

/** Without this check, `mmdb-lib` searches all of a file that is not a database for the marker. */
function requireMetadata(file: PagedFile): void {
  const length = Math.min(METADATA_MAX_BYTES, file.size);
  if (!file.read(file.size - length, length).includes(METADATA_MARKER)) {
    throw new Error('it is not a MaxMind DB file');
  }
}
