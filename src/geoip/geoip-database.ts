import { Reader, type Response } from 'maxmind';
import { errorMessage } from '../errors/error-message.js';
import { bufferOfFile } from './buffer-of-file.js';
import { FileBytes } from './file-bytes.js';

/** Is told to whoever starts the service. */
export class UnusableGeoIpDatabase extends Error {
  override readonly name = 'UnusableGeoipDatabase';
}

/** MaxMind DB File Format 2.0: it precedes the metadata, which are in the last 128 KiB. */
const METADATA_MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
const METADATA_MAX_BYTES = 128 * 1_024;
/** Between the search tree and the data. */
const SEPARATOR_BYTES = 16;
/** One of each end and the middle of the address space: together they pass through most of the file. */
const PROBES = { 4: ['1.0.0.1', '93.184.216.34', '223.255.0.1'], 6: ['2001:4860:4860::8888', '2a00::1'] };

/** A GeoIP database in a file, of which nothing but what was used of late is in memory. */
export class GeoIpDatabase {
  private readonly file: FileBytes;
  private readonly reader: Reader<Response>;

  /** @throws {UnusableGeoIpDatabase} when the file is missing, damaged or none */
  constructor(path: string) {
    try {
      this.file = new FileBytes(path);
      requireMetadata(this.file);
      this.reader = new Reader(bufferOfFile(this.file));
      this.requireWhole();
    } catch (error) {
      throw new UnusableGeoIpDatabase(
        `the GeoIP database ${path} cannot be used (${errorMessage(error)}): set GEOIP_DATABASE to another file, or to off`,
        { cause: error },
      );
    }
  }

  /** Whether it can hold addresses of this family; the search tree of one says nothing of the other. */
  covers(family: 4 | 6): boolean {
    return family === 4 || this.reader.metadata.ipVersion === 6;
  }

  /** @returns what it holds of an address that it covers; `null` for nothing */
  find(address: string): unknown {
    return this.reader.get(address);
  }

  close(): void {
    this.file.close();
  }

  private requireWhole(): void {
    const { searchTreeSize, ipVersion } = this.reader.metadata;
    if (!(searchTreeSize + SEPARATOR_BYTES <= this.file.size)) throw new Error('it is cut off');
    for (const address of PROBES[ipVersion === 6 ? 6 : 4]) this.find(address);
  }
}

/** mmdb-lib would look for it through the whole of a file that is no database. */
function requireMetadata(file: FileBytes): void {
  const length = Math.min(METADATA_MAX_BYTES, file.size);
  if (!file.read(file.size - length, length).includes(METADATA_MARKER))
    throw new Error('it is no MaxMind DB file');
}
