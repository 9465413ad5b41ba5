import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { installDebianPackage } from './debian-package.js';
import { pathDirectories } from './programs.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How a run tells its tests which Chromium there is; empty: none. */
const VARIABLE = 'TEST_CHROMIUM';

/** Finds a Chromium for a whole run, or installs one where that is ours to do; that there is none is said in one line. */
export async function provideChromium(): Promise<void> {
  const program =
    (await installed()) ?? ((await installDebianPackage('chromium')) ? await installed() : null);
  process.env[VARIABLE] = program ?? '';
  if (program) return;
  process.stderr.write(
    'the tests in a browser are left out: they need Chromium (Debian: chromium), or CHROMIUM_PATH set\n',
  );
}

/** The Chromium of this run; `null`: there is none. */
export function chromiumProgram(): string | null {
  return process.env[VARIABLE] || null;
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS });
}

async function installed(): Promise<string | null> {
  const named = process.env.CHROMIUM_PATH;
  const places = pathDirectories().flatMap((directory) => NAMES.map((name) => join(directory, name)));
  for (const place of [...(named ? [named] : []), ...places, ...ELSEWHERE]) {
    if (await isExecutable(place)) return place;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
