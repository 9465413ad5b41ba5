import { systemClock } from '@latchkey/revocation/clock';
import { confirmedByOthers } from '@latchkey/revocation/confirmation';
import type { Revocations } from '@latchkey/revocation/session-store';
import type { DataSource } from 'typeorm';
import type { AuditLog } from '../audit/audit-log.js';
import { auditLogOfCommand } from '../audit/command-audit.js';
import type { Environment } from '../config/config.js';
import { PasswordHasher } from '../credentials/password/password-hasher.js';
import { connect } from '../database/connect.js';
import { dataSourceOptions } from '../database/data-source.js';
import { ENTITIES } from '../entities.js';
import { UndeliverableAddresses } from '../mail/undeliverable-addresses.js';
import { revocationEvent } from '../sessions/revocation-event.js';
import { Session } from '../sessions/session.entity.js';
import { SessionRevoker } from '../sessions/session-revoker.js';
import { PostgresSessionStore } from '../sessions/store/postgres-session-store.js';
import { transactionTurns } from '../sessions/transaction-turns.js';
import { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { runCommand } from './run-command.js';
import { UserCommands } from './user-commands.js';

const POOL_SIZE = 2;
/** Running instances notice a revocation within a second and confirm it within one more second and a lease. */
const CONFIRMATION_WAIT_MS = 6_000;

/** What the commands about users are made of. */
export interface UserParts {
  readonly dataSource: DataSource;
  readonly users: UsersService;
  readonly revoker: SessionRevoker;
  readonly environment: Environment;
  readonly audit: AuditLog;
}

/** Runs one user command on the service's database, with only the parts of the service that it needs. */
export function withUsers(run: (commands: UserCommands, parts: UserParts) => Promise<void>): Promise<void> {
  return runCommand(async (url, environment) => {
    const dataSource = await connect({
      ...dataSourceOptions(url, POOL_SIZE),
      entities: ENTITIES,
    });
    try {
      const audit = auditLogOfCommand(environment.auditLog);
      // This process is not an instance: it commits, and the running instances notice, enforce and confirm the change.
      const store = new PostgresSessionStore(dataSource);
      const confirm = (revocations: Revocations) =>
        confirmedByOthers(store, revocations, CONFIRMATION_WAIT_MS, systemClock);
      const users = new UsersService(dataSource.getRepository(User), new PasswordHasher(environment));
      const revoker = new SessionRevoker(
        dataSource,
        {
          enforce: confirm,
          closeCutOffSessions: () => {},
          invalidate: async () => {},
          announce: () => {},
          audit: (revoked) => audit.write(revocationEvent(revoked)),
        },
        transactionTurns(environment.database.poolSize),
      );
      const undeliverable = new UndeliverableAddresses(dataSource, audit);
      const sessions = dataSource.getRepository(Session);
      const commands = new UserCommands(users, revoker, confirm, sessions, audit, undeliverable);
      await run(commands, { dataSource, users, revoker, environment, audit });
    } finally {
      await dataSource.destroy();
    }
  });
}
