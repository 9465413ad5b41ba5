import puppeteer, { type Browser } from 'puppeteer-core';
import { debianProgram } from './debian-program.js';
import { MissingProgram } from './programs.js';

/**
 * Firefox, driven by WebDriver BiDi, which Debian's Firefox has built in.
 *
 * @returns `null` if there is none, which is reported in one line
 */
export async function launchFirefox(): Promise<Browser | null> {
  const executablePath = await firefoxProgram();
  return executablePath === null
    ? null
    : puppeteer.launch({ browser: 'firefox', executablePath, headless: true, timeout: 120_000 });
}

async function firefoxProgram(): Promise<string | null> {
  if (process.env.FIREFOX_PATH) return process.env.FIREFOX_PATH;
  try {
    return await debianProgram('firefox-esr');
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    process.stderr.write(`skipping the tests in Firefox: ${error.message}\n`);
    return null;
  }
}
