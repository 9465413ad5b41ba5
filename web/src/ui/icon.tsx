import type { DeviceKind } from '../api/types';

const PATHS: Readonly<Record<DeviceKind | 'key', string>> = {
  desktop: 'M3 5h18v11H3zM8 20h8M12 16v4',
  mobile: 'M7 2.5h10v19H7zM11 18.5h2',
  tablet: 'M4.5 3h15v18h-15zM11 18h2',
  tv: 'M2.5 7h19v12h-19zM8 3l4 4 4-4M8 22h8',
  other: 'M4 12a8 8 0 1 0 16 0 8 8 0 1 0-16 0M9.7 9.5a2.4 2.4 0 1 1 3.4 2.2c-.8.4-1.1.8-1.1 1.6M12 16.3v.2',
  key: 'M4.5 15.5a4 4 0 1 0 8 0 4 4 0 1 0-8 0M11.4 12.6 20 4M16.5 7.5l3 3',
};

/** Decorative: hidden from screen readers, because the text beside it says the same. */
export function Icon({ name }: { name: DeviceKind | 'key' }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name] ?? PATHS.other} />
    </svg>
  );
}
