import { GuardParent } from '@latchkey/revocation/guard-connection/guard-parent';
import type { ParentConnection } from '@latchkey/revocation/guard-connection/parent-connection';
import { replaceMethod } from './replace-method.js';

interface Inside {
  readonly connections: Set<ParentConnection>;
}

/** Breaks rule 4 for parents: a guard whose connection is lost is not waited for, although it may hold a lease. */
replaceMethod(GuardParent, 'closed', function (this: Inside, connection: ParentConnection): void {
  this.connections.delete(connection);
});
