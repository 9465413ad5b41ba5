import { createGuard, type Guard } from '@latchkey/guard';

const { BENCH_CLIENT_ID = '', BENCH_CLIENT_SECRET = '', BENCH_ISSUER = '', BENCH_SERVICE = '' } = process.env;

/** A guard that checks from memory. */
export async function connectGuard(): Promise<Guard> {
  const guard = createGuard({
    issuer: BENCH_ISSUER,
    service: BENCH_SERVICE.split(','),
    clientId: BENCH_CLIENT_ID,
    clientSecret: BENCH_CLIENT_SECRET,
    audience: BENCH_ISSUER,
  });
  await guard.ready();
  return guard;
}
