import { type BaseVersion, baseCommit, buildBaseVersion } from '../../test/cluster/upgrade/base-version.js';
import { upgradeUnderTraffic } from '../../test/cluster/upgrade/upgrade-under-traffic.js';
import type { Section } from '../section.js';
import { onAllCores } from '../servers/cores.js';
import { reportUpgrade } from './upgrade-report.js';

const STATE_MS = 10_000;
const QUICK_STATE_MS = 1_000;

/** What clients notice while the instances of the last release are replaced by this version. */
export const upgrade: Section = {
  name: 'upgrade',
  async run({ quick, cores, say }) {
    const base = await builtBase();
    try {
      const stateMs = quick ? QUICK_STATE_MS : STATE_MS;
      const log = (line: string) => say(`  ${line}`);
      const report = await onAllCores(cores, () => upgradeUnderTraffic(base, { stateMs, log }));
      return reportUpgrade(base.name, report);
    } finally {
      await base.remove();
    }
  },
};

async function builtBase(): Promise<BaseVersion> {
  const commit = await baseCommit();
  if (commit === null) throw new Error('this checkout has no earlier version: git fetch --unshallow --tags');
  return buildBaseVersion(commit);
}
