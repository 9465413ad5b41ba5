import { appendFileSync, closeSync } from 'node:fs';
import { errorMessage } from '../errors/error-message.js';
import { openForAppending } from './audit-file.js';
import { AuditLog } from './audit-log.js';

/**
 * The audit log of an operator's command, which ends soon: it writes at once. Standard output is the operator's, not the
 * service's.
 */
export function auditLogOfCommand(target: string | null): AuditLog {
  if (target === null || target === 'stdout') return new AuditLog(null);
  const write = (line: string) => {
    try {
      const descriptor = openForAppending(target);
      try {
        appendFileSync(descriptor, line);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      // What the command does is committed already.
      process.stderr.write(`the audit log cannot be written: ${errorMessage(error)}\n`);
    }
  };
  return new AuditLog({ write });
}
