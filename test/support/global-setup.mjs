import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
// jest loads this file itself, untransformed; the rest is TypeScript.
import './typescript.mjs';

export default async function globalSetup() {
  // The page that every service of this run serves: built once, before several look for it.
  await promisify(execFile)(
    process.execPath,
    [fileURLToPath(new URL('../../build/page.mjs', import.meta.url))],
    {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    },
  );
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
