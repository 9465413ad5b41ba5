import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { KeyReplacement } from '../auth/keys/key-replacement.js';
import { connect } from '../database/connect.js';
import { dataSourceOptions } from '../database/data-source.js';
import { ENTITIES } from '../entities.js';
import { note, print } from './print.js';
import { runCommand } from './run-command.js';

const POOL_SIZE = 1;
/**
 * A guard that meets an unknown key fetches the key set, unless it has just done so in the last 30 s. Instances read the
 * keys every 2 s.
 */
const AHEAD_MS = 35_000;

export const key = new Command('key')
  .description('manage the keys that sign access tokens')
  .helpCommand(false);

key
  .command('replace')
  .description('replace a key that may have leaked: add a new one, then remove all others')
  .option('--now', 'do not wait until every instance and guard knows the new key')
  .action(({ now }: { now?: true }) => replaceKeys(now ? 0 : AHEAD_MS));

function replaceKeys(aheadMs: number): Promise<void> {
  return runCommand(async (url, { secret, accessToken }) => {
    const dataSource = await connect({ ...dataSourceOptions(url, POOL_SIZE), entities: ENTITIES });
    try {
      const keys = new KeyReplacement(dataSource, secret, accessToken.keyRotationMs);
      const kid = await keys.publish(aheadMs);
      if (aheadMs > 0) note(`added ${kid}, which signs in ${aheadMs / 1000} s; do not interrupt`);
      await sleep(aheadMs);
      const count = await keys.removeOthers(kid);
      print(`${kid} signs, and ${count} other ${count === 1 ? 'key was' : 'keys were'} removed`);
    } finally {
      await dataSource.destroy();
    }
  });
}
