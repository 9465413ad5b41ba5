import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
// jest loads this file itself, untransformed; the rest is TypeScript.
import './typescript.mjs';

export default async function globalSetup() {
  // The tests of the built service start it, and the others serve its page.
  await promisify(execFile)(process.execPath, [
    fileURLToPath(new URL('../../build/build.mjs', import.meta.url)),
  ]);
  const { provision } = await import('./provision.ts');
  try {
    globalThis.__latchkeyProvision = await provision();
  } catch (error) {
    if (error.name !== 'MissingProgram') throw error;
    // One line that says what to do, instead of jest's account of where it was thrown.
    console.error(error.message);
    process.exit(1);
  }
}
