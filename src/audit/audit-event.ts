import type { TraceContext } from '../telemetry/trace-context.js';

/** One thing that happened, for the audit log. `docs/audit-log.md` describes each event. */
export interface AuditEvent {
  readonly event: string;
  /** `observed`: the service noticed it, and no one asked for it. */
  readonly outcome: 'success' | 'failure' | 'observed';
  /** `user:<id>`, `operator`, `latchkey`, or `anonymous` for a caller who has not proved who they are. */
  readonly actor: string;
  /** The account that it is about; `null` if there is none, as for a login to an unknown address. */
  readonly userId: string | null;
  readonly sessionId?: string | null | undefined;
  readonly deviceId?: string | null | undefined;
  /** The code of the error, or the reason of a revocation. */
  readonly reason?: string;
  /** Where it came from, if not from the current request. */
  readonly client?: AuditedClient;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface AuditedClient {
  readonly address: string;
  readonly userAgent: string | null;
}

/** What the lines about a request share. */
export interface AuditedRequest extends AuditedClient {
  readonly requestId: string;
  readonly trace: TraceContext | null;
}
