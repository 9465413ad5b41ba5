#!/usr/bin/env node
import { createGuard } from './create-guard.js';
import { startEdge } from './edge/edge.js';
import { edgeCommand } from './edge/edge-command.js';

const log = (message: string) => process.stderr.write(`latchkey-edge: ${message}\n`);

await edgeCommand(async (settings) => {
  const guard = createGuard(settings);
  const onFault = (error: unknown) => log(error instanceof Error ? String(error.stack) : String(error));
  const edge = await startEdge(settings, { guard, onFault });
  log(`listening on ${settings.socket ?? `${settings.host}:${edge.port}`}`);
  guard.ready().then(
    () => log('ready: checks are answered from memory'),
    (error: unknown) => log(`the service refuses this client: ${(error as Error).message}`),
  );
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      edge.stop().then(() => process.exit(0), onFault);
    });
  }
})
  .parseAsync()
  .catch((error: unknown) => {
    log((error as Error).message);
    // The guard may be connected, and would keep the process running.
    process.exit(1);
  });
