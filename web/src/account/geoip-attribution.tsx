import { accountMessages } from '../messages';
import type { Account } from './use-account';

/** The licence of the GeoIP database (CC BY 4.0) requires this on every page that shows a location. */
export function GeoIpAttribution({ account: { devices, ended, events } }: { account: Account }) {
  const shown = [
    ...(devices ?? []),
    ...(devices ?? []).flatMap(({ sessions }) => sessions),
    ...(ended?.entries ?? []),
    ...(events?.entries ?? []),
  ];
  if (!shown.some(({ place }) => place)) return null;
  return (
    <p>
      {accountMessages.account.locations} <a href="https://db-ip.com">IP Geolocation by DB-IP</a>
    </p>
  );
}
