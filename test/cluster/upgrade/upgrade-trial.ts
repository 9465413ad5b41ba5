import { baseCommit, buildBaseVersion } from './base-version.js';
import { upgradeUnderTraffic } from './upgrade-under-traffic.js';

const STATE_MS = 5_000;
const SHOWN = 20;

/** `npm run upgrade-trial`: exits with 1 if the upgrade failed a request or broke a promise. */
const base = await baseCommit();
if (base === null) {
  print(
    'left out: this checkout has no earlier version (git fetch --unshallow --tags, or LATCHKEY_UPGRADE_FROM)',
  );
  process.exit(0);
}
print(`building ${base}`);
const version = await buildBaseVersion(base);
try {
  const { operations, failed, violations } = await upgradeUnderTraffic(version, {
    stateMs: STATE_MS,
    log: print,
  });
  for (const text of failed.slice(0, SHOWN)) print(`failed: ${text}`);
  for (const text of violations.slice(0, SHOWN)) print(text);
  print(
    `${operations.length} requests, ${failed.length} failed, ${violations.length} violations of the promises`,
  );
  process.exitCode = failed.length + violations.length > 0 ? 1 : 0;
} finally {
  await version.remove();
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
