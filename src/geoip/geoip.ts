import { isIP } from 'node:net';
import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { errorMessage } from '../errors/error-message.js';
import type { GeoLocation } from './geo-location.js';
import { GeoIpDatabase } from './geoip-database.js';
import { readLocation } from './location-record.js';

const CACHED_ADDRESSES = 10_000;

/** Locates network addresses with local databases. No address leaves the machine. */
export class GeoIp {
  private readonly logger = new Logger(GeoIp.name);
  private readonly databases: readonly GeoIpDatabase[];
  private readonly known = new LRUCache<string, { readonly location: GeoLocation | null }>({
    max: CACHED_ADDRESSES,
  });

  /**
   * @param paths files in MaxMind DB format, searched in this order; with none, every location is unknown
   * @throws {UnusableGeoIpDatabase}
   */
  constructor(paths: readonly string[]) {
    this.databases = paths.map((path) => new GeoIpDatabase(path));
  }

  /** The location of an address; `null` if it is private, unknown or malformed. Never throws. */
  find(address: string | null): GeoLocation | null {
    if (address === null || this.databases.length === 0) return null;
    const known = this.known.get(address);
    if (known) return known.location;
    const location = this.lookUp(address);
    this.known.set(address, { location });
    return location;
  }

  close(): void {
    for (const database of this.databases) database.close();
  }

  private lookUp(address: string): GeoLocation | null {
    const family = isIP(address);
    if (family !== 4 && family !== 6) return null;
    try {
      for (const database of this.databases) {
        const location = database.covers(family) ? readLocation(database.find(address)) : null;
        if (location) return location;
      }
    } catch (error) {
      // The file was damaged after the start. A request must not fail because a location is missing.
      this.logger.warn(`an address could not be located: ${errorMessage(error)}`);
    }
    return null;
  }
}
