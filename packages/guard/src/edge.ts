#!/usr/bin/env node
import { createGuard } from './create-guard.js';
import { startEdge } from './edge/edge.js';
import { edgeCommand } from './edge/edge-command.js';
import { faultLog } from './edge/fault-log.js';

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
  guard.ready().then(
    () => log('ready: checks are answered from memory'),
    (error: Error) => isStopping || log(`not ready: ${error.message}`),
  );
})
  .parseAsync()
  .catch((error: Error) => {
    log(error.message);
    // The guard may be connected, and would keep the process running.
    process.exit(1);
  });
