import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('..', import.meta.url));

const MAY_NAME_THE_STATUS = [
  'sessions/session-revoker.ts',
  // What its cut-offs mean to queries, and the sweeper that closes the rows which they leave.
  'sessions/session-cut-off.ts',
  'sessions/store/cut-off-sweeper.ts',
  // The type of the column.
  'sessions/session.entity.ts',
  // Writes lost revocations again after a failover.
  'sessions/store/postgres-session-store.ts',
  // Sessions that never were active, for a developer.
  'cli/sample-account.ts',
];

describe('SessionRevoker', () => {
  it('is the only code that sets a session to revoked, so that no revocation can go unenforced', () => {
    const writers = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
      .filter((path) => readFileSync(join(SRC, path), 'utf8').includes("'revoked'"));
    expect(writers.sort()).toEqual(MAY_NAME_THE_STATUS.sort());
  });
});
