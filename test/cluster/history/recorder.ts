import { PASSWORD } from '../../support/api.js';
import type { Cluster } from './cluster.js';
import type { StreamKind } from './guarded-server.js';
import {
  MANUAL,
  type ObservedAnswer,
  type Operation,
  type Scope,
  type Stall,
  type Stream,
} from './history.js';
import { openEventStream, openWebSocket } from './stream-client.js';

// Not `@latchkey/client`: it repeats requests and refreshes by itself, and every request and answer belongs in the history.
const GIVE_UP_MS = 8_000;
const SQL_TIMEOUT_MS = 5_000;
const REVOKE = `
  WITH revoked AS (UPDATE sessions SET status = 'revoked' WHERE id = $1 AND status = 'active' RETURNING id)
  SELECT pg_sleep($2) FROM revoked`;
const STALL_EVERY_MS = 50;
/** Smaller delays are normal for timers. */
const STALL_MIN_MS = 20;

/** A session as its client holds it, with its current tokens. */
export interface ClientSession {
  readonly id: string;
  readonly user: string;
  readonly device: string;
  readonly deviceToken: string;
  accessToken: string;
  refreshToken: string;
  /** When the request for the access token was sent. */
  tokenRequestedAt: number;
}

interface Observed {
  readonly answer: ObservedAnswer | null;
  readonly body: Record<string, string>;
  readonly startedAt: number;
  readonly endedAt: number;
}

interface TokenAnswer {
  access_token: string;
  refresh_token: string;
  session_id: string;
  device_id: string;
  device_token: string;
}

/** Sends the clients' requests and records everything the clients observe. */
export class Recorder {
  readonly operations: Operation[] = [];
  readonly streams: Stream[] = [];
  readonly stalls: Stall[] = [];
  isFinalCheck = false;
  private readonly stallTimer: NodeJS.Timeout;

  constructor(private readonly cluster: Pick<Cluster, 'urlOf' | 'nameOf' | 'sql'>) {
    let due = performance.now() + STALL_EVERY_MS;
    this.stallTimer = setInterval(() => {
      const at = performance.now();
      if (at - due > STALL_MIN_MS) this.stalls.push({ at, ms: at - due });
      due = at + STALL_EVERY_MS;
    }, STALL_EVERY_MS);
    this.stallTimer.unref();
  }

  stop(): void {
    clearInterval(this.stallTimer);
  }

  /** @throws if the response is not 201: users are created before the first fault */
  async register(instance: number, user: string): Promise<void> {
    const { answer, body } = await this.send(instance, 'POST', '/auth/register', { body: credentials(user) });
    if (answer?.status !== 201) throw new Error(`registration failed: ${JSON.stringify({ answer, body })}`);
  }

  async login(instance: number, user: string, deviceToken?: string): Promise<ClientSession | null> {
    const observed = await this.send(instance, 'POST', '/auth/login', {
      body: { ...credentials(user), ...(deviceToken === undefined ? {} : { device_token: deviceToken }) },
    });
    const tokens = isSuccess(observed) ? (observed.body as unknown as TokenAnswer) : null;
    this.note('login', instance, user, observed, {
      session: tokens?.session_id ?? null,
      device: tokens?.device_id,
    });
    return (
      tokens && {
        id: tokens.session_id,
        user,
        device: tokens.device_id,
        deviceToken: tokens.device_token,
        accessToken: tokens.access_token,
        refreshToken: tokens.refresh_token,
        tokenRequestedAt: observed.startedAt,
      }
    );
  }

  async check(instance: number, session: ClientSession): Promise<ObservedAnswer | null> {
    const { accessToken: token, tokenRequestedAt, refreshToken: issuedWith } = session;
    const path = this.cluster.nameOf(instance) === undefined ? '/auth/me' : '/orders';
    const observed = await this.send(instance, 'GET', path, { token });
    this.note('check', instance, session.user, observed, {
      session: session.id,
      tokenRequestedAt,
      issuedWith,
    });
    return observed.answer;
  }

  /**
   * Opens a stream at a guarded server.
   *
   * @returns what closes it, or `null` if it was not opened
   */
  async open(server: number, session: ClientSession, kind: StreamKind): Promise<(() => void) | null> {
    const { accessToken: token, tokenRequestedAt, refreshToken: issuedWith, user, id } = session;
    const startedAt = performance.now();
    const stream: Stream = {
      ...{ instance: server, guarded: this.cluster.nameOf(server) ?? '', kind, user, session: id, startedAt },
      ...{ lastWrittenAt: Number.NEGATIVE_INFINITY, closedAt: Number.POSITIVE_INFINITY },
    };
    const open = kind === 'WebSocket' ? openWebSocket : openEventStream;
    const { answer, close } = await open({ url: this.cluster.urlOf(server) ?? '', token, stream });
    const observed = { answer, body: {}, startedAt, endedAt: performance.now() };
    this.note('check', server, user, observed, { session: id, tokenRequestedAt, issuedWith });
    if (answer?.status !== 200) return null;
    this.streams.push(stream);
    return close;
  }

  /** Presents the refresh token of the session; a successful response replaces its tokens. */
  async refresh(instance: number, session: ClientSession): Promise<ObservedAnswer | null> {
    const presented = session.refreshToken;
    const observed = await this.send(instance, 'POST', '/auth/refresh', {
      body: { refresh_token: presented },
    });
    const tokens = isSuccess(observed) ? (observed.body as unknown as TokenAnswer) : null;
    const issued = tokens?.refresh_token;
    this.note('refresh', instance, session.user, observed, { session: session.id, presented, issued });
    if (tokens) {
      session.refreshToken = tokens.refresh_token;
      session.accessToken = tokens.access_token;
      session.tokenRequestedAt = observed.startedAt;
    }
    return observed.answer;
  }

  logout(instance: number, session: ClientSession): Promise<ObservedAnswer | null> {
    return this.revoke(instance, session, 'POST', '/auth/logout', { session: session.id });
  }

  revokeSession(
    instance: number,
    actor: ClientSession,
    target: ClientSession,
  ): Promise<ObservedAnswer | null> {
    return this.revoke(instance, actor, 'DELETE', `/sessions/${target.id}`, { session: target.id });
  }

  revokeDevice(
    instance: number,
    actor: ClientSession,
    target: ClientSession,
  ): Promise<ObservedAnswer | null> {
    return this.revoke(instance, actor, 'DELETE', `/devices/${target.device}`, { device: target.device });
  }

  revokeOthers(instance: number, actor: ClientSession): Promise<ObservedAnswer | null> {
    return this.revoke(instance, actor, 'DELETE', '/devices?except=current', { exceptDevice: actor.device });
  }

  /**
   * Revokes as an operator does in psql: committed when it returns, and not announced to any instance.
   *
   * @param lastsMs how long its transaction stays open after the session was revoked in it
   */
  async revokeManually({ id, user }: ClientSession, lastsMs = 0): Promise<ObservedAnswer | null> {
    const startedAt = performance.now();
    let answer: ObservedAnswer | null = null;
    try {
      await this.cluster.sql(REVOKE, [id, lastsMs / 1_000], lastsMs + SQL_TIMEOUT_MS);
      answer = { status: 202, hasRetryAfter: false };
    } catch {
      // Postgres is down: the update may or may not have been committed.
    }
    const observed = { answer, body: {}, startedAt, endedAt: performance.now() };
    this.note('revoke', MANUAL, user, observed, { session: null, scope: { session: id } });
    return answer;
  }

  private async revoke(instance: number, actor: ClientSession, method: string, path: string, scope: Scope) {
    const { accessToken: token, tokenRequestedAt, user, id: session, refreshToken: issuedWith } = actor;
    const observed = await this.send(instance, method, path, { token });
    this.note('revoke', instance, user, observed, { session, scope, tokenRequestedAt, issuedWith });
    return observed.answer;
  }

  private note(
    kind: Operation['kind'],
    instance: number,
    user: string,
    { answer, startedAt, endedAt }: Observed,
    more: Pick<Operation, 'session'> & Partial<Operation>,
  ): void {
    const { isFinalCheck } = this;
    const guarded = this.cluster.nameOf(instance);
    this.operations.push({
      kind,
      instance,
      guarded,
      user,
      answer,
      startedAt,
      endedAt,
      isFinalCheck,
      ...more,
    });
  }

  private async send(
    instance: number,
    method: string,
    path: string,
    { token, body }: { token?: string; body?: unknown },
  ): Promise<Observed> {
    const url = this.cluster.urlOf(instance);
    const startedAt = performance.now();
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(GIVE_UP_MS),
      });
      const text = await response.text();
      const endedAt = performance.now();
      const read = text.startsWith('{') ? (JSON.parse(text) as Record<string, string>) : {};
      const answer = {
        status: response.status,
        code: read.code,
        hasRetryAfter: response.headers.has('retry-after'),
      };
      return { answer, body: read, startedAt, endedAt };
    } catch {
      // Connection refused, reset or timed out: the outcome is unknown.
      return { answer: null, body: {}, startedAt, endedAt: performance.now() };
    }
  }
}

function credentials(user: string) {
  return { email: user, password: PASSWORD };
}

function isSuccess({ answer }: Observed): boolean {
  return answer?.status === 200;
}
