export default async function globalTeardown() {
  await globalThis.__latchkeyProvision?.release();
}
