import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { installDebianPackage } from './debian-package.js';
import { pathDirectories } from './programs.js';

/** First the shell: it has no windows, and needs less CPU time. */
const NAMES = [
  'chromium-headless-shell',
  'chrome-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
];
const PACKAGES = ['chromium-headless-shell', 'chromium'];
const OTHER_PATHS = [
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

/** Passes the path of Chromium from the test run to its tests; empty if there is none. */
const VARIABLE = 'TEST_CHROMIUM';

/** Finds Chromium for the whole run, or installs it where that is allowed. Reports in one line if there is none. */
export async function provideChromium(): Promise<void> {
  const program = (await installed()) ?? (await installedNow());
  process.env[VARIABLE] = program ?? '';
  if (program) return;
  process.stderr.write(
    'skipping the browser tests: install Chromium (Debian: chromium) or set CHROMIUM_PATH\n',
  );
}

/** The Chromium of this run; `null` if there is none. */
export function chromiumProgram(): string | null {
  return process.env[VARIABLE] || null;
}

/** @param flags more command-line flags */
export function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumProgram() ?? '', args: [...FLAGS, ...flags] });
}

async function installed(): Promise<string | null> {
  const configured = process.env.CHROMIUM_PATH;
  const paths = pathDirectories().flatMap((directory) => NAMES.map((name) => join(directory, name)));
  for (const path of [...(configured ? [configured] : []), ...paths, ...OTHER_PATHS]) {
    if (await isExecutable(path)) return path;
  }
  return null;
}

async function installedNow(): Promise<string | null> {
  for (const name of PACKAGES) if (await installDebianPackage(name)) return installed();
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
