import { canInstallPackages } from '../support/package-registry.js';
import { type BaseVersion, baseCommit, buildBaseVersion } from './upgrade/base-version.js';
import { upgradeUnderTraffic } from './upgrade/upgrade-under-traffic.js';

const base = await findBase();
const describeIfFound = base === null ? describe.skip : describe;

/** `npm run upgrade-trial` does the same with more traffic. */
describeIfFound('an upgrade from the last release, with its migrations, one instance after the other', () => {
  let version: BaseVersion;

  beforeAll(async () => {
    version = await buildBaseVersion(base ?? '');
  }, 300_000);
  afterAll(() => version?.remove());

  it('fails no request and keeps every promise', async () => {
    const { operations, failed, violations } = await upgradeUnderTraffic(version, {
      stateMs: 1_500,
      log: () => {},
    });
    expect({ failed, violations }).toEqual({ failed: [], violations: [] });
    expect(operations.length).toBeGreaterThan(100);
  }, 300_000);
});

async function findBase(): Promise<string | null> {
  const commit = await baseCommit();
  if (commit !== null) return (await canInstallPackages('an upgrade from the last release')) ? commit : null;
  process.stderr.write(
    'left out: an upgrade from the last release, because this checkout does not have it\n',
  );
  return null;
}
