import { isIP } from 'node:net';
import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { errorMessage } from '../errors/error-message.js';
import type { GeoLocation } from './geo-location.js';
import { GeoIpDatabase } from './geoip-database.js';
import { readLocation } from './location-record.js';

const REMEMBERED = 10_000;

/** Knows where network addresses are; nothing leaves the machine for it. */
export class GeoIp {
  private readonly logger = new Logger(GeoIp.name);
  private readonly databases: readonly GeoIpDatabase[];
  private readonly known = new LRUCache<string, { readonly place: GeoLocation | null }>({ max: REMEMBERED });

  /**
   * @param paths files in the MaxMind DB format, asked in this order; none: every place is unknown
   * @throws {UnusableGeoipDatabase}
   */
  constructor(paths: readonly string[]) {
    this.databases = paths.map((path) => new GeoIpDatabase(path));
  }

  /** Where an address is; `null` for a private, an unknown and a malformed one. Never throws. */
  find(address: string | null): GeoLocation | null {
    if (address === null || this.databases.length === 0) return null;
    const known = this.known.get(address);
    if (known) return known.place;
    const place = this.look(address);
    this.known.set(address, { place });
    return place;
  }

  close(): void {
    for (const database of this.databases) database.close();
  }

  private look(address: string): GeoLocation | null {
    const family = isIP(address);
    if (family !== 4 && family !== 6) return null;
    try {
      for (const database of this.databases) {
        const place = database.covers(family) ? readLocation(database.find(address)) : null;
        if (place) return place;
      }
    } catch (error) {
      // The file was damaged after the start. No request fails for want of a place.
      this.logger.warn(`a place could not be looked up: ${errorMessage(error)}`);
    }
    return null;
  }
}
