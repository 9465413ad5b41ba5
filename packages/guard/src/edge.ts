#!/usr/bin/env node
import { createGuard } from './create-guard.js';
import { startEdge } from './edge/edge.js';
import { edgeCommand } from './edge/edge-command.js';
import { faultLog } from './edge/fault-log.js';
import type { Guard } from './guard.js';

const log = (message: string) => process.stderr.write(`latchkey-edge: ${message}\n`);

await edgeCommand(async (settings) => {
  const onError = faultLog(log);
  const guard = createGuard({ ...settings, onError });
  const onFault = (error: unknown) => onError(error instanceof Error ? error.stack : error);
  const edge = await startEdge(settings, { guard, onFault });
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      edge.stop().then(() => process.exit(0), onError);
    });
  }
  log(`listening on ${settings.socket ?? `${settings.host}:${edge.port}`}`);
  void sayWhenReady(guard, () => isStopping);
})
  .parseAsync()
  .catch((error: Error) => {
    log(error.message);
    // The guard may be connected, and would keep the process running.
    process.exit(1);
  });

/** The guard tries again after the service has refused it: the client may be registered later. */
async function sayWhenReady(guard: Guard, isStopping: () => boolean): Promise<void> {
  for (let attempt = 1; !isStopping(); attempt++) {
    try {
      await guard.ready();
      log('ready: checks are answered from memory');
      return;
    } catch (error) {
      if (attempt === 1 && !isStopping()) log(`not ready: ${(error as Error).message}`);
    }
  }
}
