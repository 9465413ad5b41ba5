import type {
  Fault,
  History,
  ObservedAnswer,
  Operation,
  Scope,
  SessionRow,
  Stall,
  Stream,
} from './history.js';

const ENDED: ObservedAnswer = { status: 401, code: 'session_revoked', hasRetryAfter: false };

/** Builds histories for the tests of the checker. Times are plain milliseconds. */
export class HistoryBuilder {
  readonly operations: Operation[] = [];
  readonly streams: Stream[] = [];
  readonly faults: Fault[] = [];
  readonly stalls: Stall[] = [];
  rows: Map<string, SessionRow> | null = null;

  /** Opens session `s` of user `u` on device `d`, unless others are given. */
  login(startedAt: number, endedAt: number, session = 's', device = 'd'): this {
    return this.add({ kind: 'login', startedAt, endedAt, session, device, answer: ok(200) });
  }

  granted(startedAt: number, endedAt: number, instance = 0, more: Partial<Operation> = {}): this {
    return this.add({ kind: 'check', startedAt, endedAt, instance, answer: ok(200), ...more });
  }

  refused(startedAt: number, endedAt: number, instance = 0, more: Partial<Operation> = {}): this {
    return this.add({ kind: 'check', startedAt, endedAt, instance, answer: ENDED, ...more });
  }

  /** A revoke requested by another session of the user. @param status `null` if no response came */
  revoke(startedAt: number, endedAt: number, status: number | null, scope: Scope = { session: 's' }): this {
    const answer = status === null ? null : { ...ok(status), hasRetryAfter: status === 503 };
    return this.add({ kind: 'revoke', startedAt, endedAt, session: 'other', answer, scope });
  }

  refresh(startedAt: number, endedAt: number, presented: string, issued: string | null): this {
    const answer = issued === null ? { ...ENDED, code: 'invalid_grant' } : ok(200);
    return this.add({ kind: 'refresh', startedAt, endedAt, presented, issued: issued ?? undefined, answer });
  }

  /** @param closedAt when the client saw it close */
  stream(startedAt: number, lastWrittenAt: number, closedAt = lastWrittenAt, end?: string): this {
    const at = { instance: 100, guarded: 'fastify', kind: 'server-sent events', user: 'u', session: 's' };
    this.streams.push({ ...at, startedAt, lastWrittenAt, closedAt, end });
    return this;
  }

  add(operation: Partial<Operation> & Pick<Operation, 'kind' | 'startedAt' | 'endedAt' | 'answer'>): this {
    this.operations.push({ instance: 0, user: 'u', session: 's', isFinalCheck: false, ...operation });
    return this;
  }

  history(): History {
    const { operations, streams, faults, stalls, rows } = this;
    return { operations, streams, faults, stalls, rows, tokenTtlMs: 900_000, graceMs: 10_000 };
  }
}

function ok(status: number): ObservedAnswer {
  return { status, hasRetryAfter: false };
}
