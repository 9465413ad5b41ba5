import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { AuditEvent } from './audit-event.js';
import { auditLine } from './audit-line.js';
import { auditedRequest } from './audit-request.js';

/** Where lines go, without waiting. */
export interface AuditLines {
  write(line: string): void;
}

const PENDING = 'auditLines';

/** Writes what happened to accounts and sessions, one line of JSON for each event. */
export class AuditLog {
  /** @param lines `null`: this deployment has no audit log, and nothing is done for it */
  constructor(private readonly lines: AuditLines | null) {}

  /** Never fails, and does not wait. */
  write(event: AuditEvent): void {
    this.lines?.write(auditLine(event, auditedRequest(), new Date()));
  }

  /** Writes an event once the caller's transaction is committed, or at once if the manager is not in one. */
  writeAfterCommit({ queryRunner }: EntityManager, event: AuditEvent): void {
    if (this.lines === null) return;
    const line = auditLine(event, auditedRequest(), new Date());
    if (queryRunner?.isTransactionActive) pendingOf(queryRunner).push(line);
    else this.lines.write(line);
  }

  /** Call it once for each data source whose transactions are audited. */
  followTransactions({ subscribers }: DataSource): void {
    const { lines } = this;
    if (lines === null) return;
    subscribers.push({
      afterTransactionCommit({ queryRunner }) {
        for (const line of pendingOf(queryRunner).splice(0)) lines.write(line);
      },
      afterTransactionRollback({ queryRunner }) {
        pendingOf(queryRunner).length = 0;
      },
    });
  }
}

function pendingOf({ data }: QueryRunner): string[] {
  data[PENDING] ??= [];
  return data[PENDING] as string[];
}
