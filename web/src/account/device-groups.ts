import type { Device } from '@latchkey/client/cookie-client';
import { formatLocation } from '../copy/format-location';
import { accountMessages } from '../messages';

export interface DeviceGroup {
  readonly title: string;
  readonly devices: readonly Device[];
}

const DAY_MS = 86_400_000;
const AGES: readonly [title: string, maxMs: number][] = [
  [accountMessages.devices.lastDay, DAY_MS],
  [accountMessages.devices.lastWeek, 7 * DAY_MS],
  [accountMessages.devices.lastMonth, 30 * DAY_MS],
  [accountMessages.devices.inactive, Number.POSITIVE_INFINITY],
];

/** The device of this page first, then the others by their last activity. Groups without devices are left out. */
export function groupDevices(devices: readonly Device[], now: number): DeviceGroup[] {
  const sorted = [...devices].sort((a, b) => Date.parse(b.last_seen_at) - Date.parse(a.last_seen_at));
  const titleOf = ({ current, last_seen_at }: Device) =>
    current
      ? accountMessages.devices.thisDevice
      : AGES.find(([, maxMs]) => now - Date.parse(last_seen_at) < maxMs)?.[0];
  return [accountMessages.devices.thisDevice, ...AGES.map(([title]) => title)]
    .map((title) => ({ title, devices: sorted.filter((device) => titleOf(device) === title) }))
    .filter((group) => group.devices.length > 0);
}

/** Whether a device has every word of a query in what the page shows about it. */
export function matchesQuery(device: Device, query: string): boolean {
  const { name, browser, system, brand, model } = device;
  const text = [name, browser, system, brand, model, formatLocation(device)]
    .filter(Boolean)
    .join(' ')
    .toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The first devices of the groups, `limit` in all. */
export function firstDevices(groups: readonly DeviceGroup[], limit: number): DeviceGroup[] {
  let left = limit;
  return groups
    .map(({ title, devices }) => {
      const first = devices.slice(0, left);
      left -= first.length;
      return { title, devices: first };
    })
    .filter(({ devices }) => devices.length > 0);
}
