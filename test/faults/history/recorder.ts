import { PASSWORD } from '../../support/api.js';
import type { Cluster } from './cluster.js';
import { BY_HAND, type HeardAnswer, type Operation, type Scope, type Stall } from './history.js';

const GIVE_UP_MS = 8_000;
const STALL_EVERY_MS = 50;
/** Less is the ordinary way of timers. */
const STALL_MIN_MS = 20;

/** A session that a client holds the tokens of. */
export interface Held {
  readonly id: string;
  readonly user: string;
  readonly device: string;
  readonly deviceToken: string;
  accessToken: string;
  refreshToken: string;
  /** When the request for the access token was sent. */
  tokenSentFor: number;
}

interface Heard {
  readonly answer: HeardAnswer | null;
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

/** The clients' side: sends requests and writes down everything that was seen of them. */
export class Recorder {
  readonly operations: Operation[] = [];
  readonly stalls: Stall[] = [];
  isClosing = false;
  private readonly stallTimer: NodeJS.Timeout;

  constructor(private readonly cluster: Cluster) {
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

  /** @throws when the answer is not 201: users are made before anything is broken */
  async register(instance: number, user: string): Promise<void> {
    const { answer, body } = await this.send(instance, 'POST', '/auth/register', { body: credentials(user) });
    if (answer?.status !== 201) throw new Error(`registration failed: ${JSON.stringify({ answer, body })}`);
  }

  async login(instance: number, user: string, deviceToken?: string): Promise<Held | null> {
    const heard = await this.send(instance, 'POST', '/auth/login', {
      body: { ...credentials(user), ...(deviceToken === undefined ? {} : { device_token: deviceToken }) },
    });
    const tokens = isGood(heard) ? (heard.body as unknown as TokenAnswer) : null;
    this.note('login', instance, user, heard, {
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
        tokenSentFor: heard.startedAt,
      }
    );
  }

  async check(instance: number, held: Held): Promise<HeardAnswer | null> {
    const { accessToken: token, tokenSentFor } = held;
    const heard = await this.send(instance, 'GET', '/auth/me', { token });
    this.note('check', instance, held.user, heard, { session: held.id, tokenSentFor });
    return heard.answer;
  }

  /** Exchanges the refresh token that the client holds; a good answer replaces what it holds. */
  async refresh(instance: number, held: Held): Promise<HeardAnswer | null> {
    const presented = held.refreshToken;
    const heard = await this.send(instance, 'POST', '/auth/refresh', { body: { refresh_token: presented } });
    const tokens = isGood(heard) ? (heard.body as unknown as TokenAnswer) : null;
    const issued = tokens?.refresh_token;
    this.note('refresh', instance, held.user, heard, { session: held.id, presented, issued });
    if (tokens) {
      held.refreshToken = tokens.refresh_token;
      held.accessToken = tokens.access_token;
      held.tokenSentFor = heard.startedAt;
    }
    return heard.answer;
  }

  logout(instance: number, held: Held): Promise<HeardAnswer | null> {
    return this.end(instance, held, 'POST', '/auth/logout', { session: held.id });
  }

  endSession(instance: number, actor: Held, target: Held): Promise<HeardAnswer | null> {
    return this.end(instance, actor, 'DELETE', `/sessions/${target.id}`, { session: target.id });
  }

  endDevice(instance: number, actor: Held, target: Held): Promise<HeardAnswer | null> {
    return this.end(instance, actor, 'DELETE', `/devices/${target.device}`, { device: target.device });
  }

  endOthers(instance: number, actor: Held): Promise<HeardAnswer | null> {
    return this.end(instance, actor, 'DELETE', '/devices?except=current', { exceptDevice: actor.device });
  }

  /** What an operator does in psql: committed when it returns, and nobody is told. */
  async endByHand({ id, user }: Held): Promise<HeardAnswer | null> {
    const startedAt = performance.now();
    let answer: HeardAnswer | null = null;
    try {
      await this.cluster.sql(`UPDATE sessions SET status = 'revoked' WHERE id = $1 AND status = 'active'`, [
        id,
      ]);
      answer = { status: 202, hasRetryAfter: false };
    } catch {
      // Postgres is away: it may have been committed or not.
    }
    const heard = { answer, body: {}, startedAt, endedAt: performance.now() };
    this.note('end', BY_HAND, user, heard, { session: null, scope: { session: id } });
    return answer;
  }

  private async end(instance: number, actor: Held, method: string, path: string, scope: Scope) {
    const { accessToken: token, tokenSentFor, user, id: session } = actor;
    const heard = await this.send(instance, method, path, { token });
    this.note('end', instance, user, heard, { session, scope, tokenSentFor });
    return heard.answer;
  }

  private note(
    kind: Operation['kind'],
    instance: number,
    user: string,
    { answer, startedAt, endedAt }: Heard,
    more: Pick<Operation, 'session'> & Partial<Operation>,
  ): void {
    const { isClosing } = this;
    this.operations.push({ kind, instance, user, answer, startedAt, endedAt, isClosing, ...more });
  }

  private async send(
    instance: number,
    method: string,
    path: string,
    { token, body }: { token?: string; body?: unknown },
  ): Promise<Heard> {
    const url = this.cluster.nodes[instance]?.url;
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
      // Refused, broken off or given up: what became of it is not known.
      return { answer: null, body: {}, startedAt, endedAt: performance.now() };
    }
  }
}

function credentials(user: string) {
  return { email: user, password: PASSWORD };
}

function isGood({ answer }: Heard): boolean {
  return answer?.status === 200;
}
