import { MmdbFile } from '@latchkey/mmdb-file/mmdb-file';
import { errorMessage } from '../errors/error-message.js';

/** A configured database cannot be used. The message is one line for the operator. */
export class UnusableGeoIpDatabase extends Error {
  override readonly name = 'UnusableGeoipDatabase';
}

/** Addresses from both ends and the middle of the address space: together, their lookups read most of the file. */
const PROBES = { 4: ['1.0.0.1', '93.184.216.34', '223.255.0.1'], 6: ['2001:4860:4860::8888', '2a00::1'] };

/** A GeoIP database that is known to be intact. */
export class GeoIpDatabase {
  private readonly file: MmdbFile;

  /** @throws {UnusableGeoIpDatabase} when the file is missing, damaged or not a database */
  constructor(path: string) {
    try {
      this.file = new MmdbFile(path);
      for (const address of PROBES[this.file.metadata.ipVersion === 6 ? 6 : 4]) this.find(address);
    } catch (error) {
      throw new UnusableGeoIpDatabase(
        `the GeoIP database ${path} cannot be used (${errorMessage(error)}): set GEOIP_DATABASE to another file, or to off`,
        { cause: error },
      );
    }
  }

  /** Whether the database can contain addresses of this family. */
  covers(family: 4 | 6): boolean {
    return family === 4 || this.file.metadata.ipVersion === 6;
  }

  /** @returns the record of an address that the database covers, `null` if there is none */
  find(address: string): unknown {
    return this.file.get(address);
  }

  close(): void {
    this.file.close();
  }
}
