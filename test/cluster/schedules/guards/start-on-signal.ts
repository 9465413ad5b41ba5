import { once } from 'node:events';
import { InstanceLock } from '../../../../src/database/instance-lock.js';
import { replaceMethod } from '../../planted-bugs/replace-method.js';

/**
 * An instance without Redis that is started before its predecessor has ended. It waits for SIGUSR2 before it takes the
 * lock, so that it serves requests soon after the predecessor has died.
 */
const acquire = replaceMethod(InstanceLock, 'acquire', async function (this: InstanceLock): Promise<void> {
  process.stdout.write('waits for its predecessor to end\n');
  // The signal alone does not keep the process alive.
  const alive = setInterval(() => {}, 1_000);
  await once(process, 'SIGUSR2');
  clearInterval(alive);
  await acquire.call(this);
});
