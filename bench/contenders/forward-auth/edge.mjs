// `latchkey-edge` with its default settings, on a free port.
import { startEdge } from '@latchkey/guard/edge/edge';
import { edgeCommand } from '@latchkey/guard/edge/edge-command';
import { connectGuard } from '../resource-server/connect-guard.js';

const { BENCH_CLIENT_ID, BENCH_CLIENT_SECRET, BENCH_ISSUER, BENCH_SERVICE, HOST } = process.env;
process.env.LATCHKEY_CLIENT_SECRET = BENCH_CLIENT_SECRET;
const options = {
  '--issuer': BENCH_ISSUER,
  '--service': BENCH_SERVICE,
  '--client-id': BENCH_CLIENT_ID,
  '--audience': BENCH_ISSUER,
};

await edgeCommand(async (settings) => {
  const onFault = (error) => console.error(error);
  const guard = await connectGuard();
  // The command line does not accept port 0.
  const { port } = await startEdge({ ...settings, port: 0 }, { guard, onFault });
  console.log(`listening on http://${HOST}:${port}`);
}).parseAsync(Object.entries(options).flat(), { from: 'user' });
