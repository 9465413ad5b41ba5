import type { Device } from '@latchkey/client/cookie-client';

type IconName = Device['kind'] | 'key';

const PATHS: Readonly<Record<IconName, string>> = {
  desktop: 'M3 5h18v11H3zM8 20h8M12 16v4',
  mobile: 'M7 2.5h10v19H7zM11 18.5h2',
  tablet: 'M4.5 3h15v18h-15zM11 18h2',
  tv: 'M2.5 7h19v12h-19zM8 3l4 4 4-4M8 22h8',
  console: 'M7 7h10a5 5 0 0 1 5 5v5l-4.5-2h-11L2 17v-5a5 5 0 0 1 5-5M6 11h4M8 9v4M15 11h2',
  reader: 'M5 2.5h14v19H5zM8 7h8M8 11h8M11 18h2',
  app: 'M4 4h16v16H4zM9 9h6v6H9z',
  script: 'M2.5 4h19v16h-19zM6.5 9l3 3-3 3M12 15.5h5',
  other: 'M4 12a8 8 0 1 0 16 0 8 8 0 1 0-16 0M9.7 9.5a2.4 2.4 0 1 1 3.4 2.2c-.8.4-1.1.8-1.1 1.6M12 16.3v.2',
  key: 'M4.5 15.5a4 4 0 1 0 8 0 4 4 0 1 0-8 0M11.4 12.6 20 4M16.5 7.5l3 3',
};

const CIRCLE = 'M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0';

/** Our own drawings by which people know browsers, small in a corner of the icon. */
const BROWSERS: readonly (readonly [name: RegExp, path: string])[] = [
  [/Firefox/, `${CIRCLE}M4 7c2 2 4 1 6 2 3 1 4 4 2 6-2 1-5 0-5-3`],
  [/Safari/, `${CIRCLE}M16.5 7.5l-3 6-6 3 3-6z`],
  [/Edge/, `${CIRCLE}M3.5 13c2-6 10-8 13-3 1 2 0 4-3 4M9 13c0 4 3 7 7 6`],
  // Last, because Chrome OS has other browsers too.
  [/Chrome|Chromium/, `${CIRCLE}M8.5 12a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0M12 8.5h8M9 14l-4-7M15 14l-4 7`],
];

interface IconProps {
  /** A kind that this page does not know counts as `other`. */
  readonly name: IconName | (string & {});
  /** A text that names the browser. */
  readonly browser?: string | null;
}

/** Decorative: hidden from screen readers, because the text beside it says the same. */
export function Icon({ name, browser }: IconProps) {
  const mark = browser ? BROWSERS.find(([pattern]) => pattern.test(browser))?.[1] : undefined;
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name as IconName] ?? PATHS.other} />
      {mark && <path class="icon-mark" transform="translate(12 12) scale(.54)" d={mark} />}
    </svg>
  );
}
