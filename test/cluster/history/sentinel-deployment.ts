import { SentinelGroup } from '../../support/sentinel-group.js';
import type { Deployment } from './deployment.js';
import { sentinelFaults } from './sentinel-faults.js';

export interface SentinelDeployment extends Deployment {
  readonly group: SentinelGroup;
}

/** Instances with Redis Sentinel. */
export async function startSentinel(): Promise<SentinelDeployment> {
  const group = await SentinelGroup.start();
  return {
    group,
    env: group.env,
    faults: { redis: sentinelFaults(group) },
    dispose: () => group.dispose(),
  };
}
