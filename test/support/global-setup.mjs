// jest loads this file itself, untransformed; the rest is TypeScript.
import './typescript.mjs';

export default async function globalSetup() {
  const { provision } = await import('./provision.ts');
  globalThis.__latchkeyProvision = await provision();
}
