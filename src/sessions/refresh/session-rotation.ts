import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import type { RequestClient } from '../../http/routes/request-client.js';
import { SecurityEvents } from '../../security-events/security-events.js';
import { shareOf } from '../../shares/share.js';
import { flushIntervalMs } from '../check/last-seen.js';
import { endDeviceTrust, lockAccount } from '../device-trust.js';
import { SESSION_ENDED_REASON } from '../session-cut-off.js';
import { SessionRevoker } from '../session-revoker.js';
import { SuspicionDetector } from '../suspicion/suspicion-detector.js';
import { RefreshTokens } from './refresh-token.js';
import { type RefreshState, refreshVerdict } from './refresh-verdict.js';

/** What new tokens contain, from the current rows of the session and its user. */
export interface RotatedSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly roles: readonly string[];
  readonly rolesVersion: number;
  readonly authTime: Date;
  readonly amr: readonly string[];
  readonly refreshToken: string;
}

const RETURNED = `
  s.id AS "sessionId", s.user_id AS "userId", s.device_id AS "deviceId", s.auth_time AS "authTime", s.amr,
  s.refresh_generation AS generation, u.roles, u.roles_version AS "rolesVersion"`;

/** Exported for the benchmark, which measures what it costs Postgres alone. */
// `<=`: a generation ahead of the row is genuine too. It was issued before a failover lost its commit.
export const ROTATE = `
  UPDATE sessions s
  SET refresh_generation = $2 + 1, rotated_at = clock_timestamp(), last_seen_at = now(), address = $3,
      sweep_at = least(now() + $4 * interval '1 millisecond', s.created_at + $5 * interval '1 millisecond')
  FROM users u
  WHERE s.id = $1 AND s.refresh_generation <= $2 AND s.status = 'active' AND s.needs_login_since IS NULL
    AND s.last_seen_at > now() - $4 * interval '1 millisecond'
    AND s.created_at > now() - $5 * interval '1 millisecond'
    AND u.id = s.user_id AND u.status = 'active' AND s.epoch >= u.session_epoch
  RETURNING ${RETURNED}`;

const LOOK = `
  SELECT ${RETURNED}, ${SESSION_ENDED_REASON} AS "endedReason", s.needs_login_since IS NOT NULL AS "needsLogin", u.status = 'active' AS "isUserActive",
         (extract(epoch FROM s.rotated_at) * 1000)::float8 AS "rotatedAt",
         (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now
  FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1`;

type Row = Omit<RotatedSession, 'refreshToken'> & { generation: number };

/** Exchanges a refresh token for its successor. */
@Injectable()
export class SessionRotation {
  private readonly tokens: RefreshTokens;

  constructor(
    private readonly dataSource: DataSource,
    private readonly revoker: SessionRevoker,
    private readonly events: SecurityEvents,
    private readonly watch: SuspicionDetector,
    private readonly config: Config,
  ) {
    this.tokens = new RefreshTokens(config.secret);
  }

  /** The first refresh token of a session that was just opened. */
  firstToken(sessionId: string): string {
    return this.tokens.issue({ sessionId, generation: 0 });
  }

  /** The session of a genuine refresh token, used or not; `undefined` for a forged one. */
  sessionOf(refreshToken: string): string | undefined {
    return this.tokens.verify(refreshToken)?.sessionId;
  }

  /**
   * Race-safe by one conditional statement: of several clients that present the same token, one rotates it. The others
   * find that the row has changed and get the same successor.
   *
   * @throws {AppError} invalid_grant or insufficient_user_authentication
   */
  async rotate(refreshToken: string, client: RequestClient): Promise<RotatedSession> {
    const claims = this.tokens.verify(refreshToken);
    if (!claims) throw new AppError('invalid_grant');
    const { address } = client;
    const refusal = await this.watch.inspect(claims.sessionId, client);
    if (refusal === 'ended') throw refused('suspicious');
    if (refusal === 'needs_login') throw new AppError('insufficient_user_authentication');
    const { idleTtlMs, absoluteTtlMs } = this.config.policy;
    const [[rotated]] = await this.dataSource.query<[Row[], number]>(ROTATE, [
      claims.sessionId,
      claims.generation,
      address,
      idleTtlMs + flushIntervalMs(idleTtlMs),
      absoluteTtlMs,
    ]);
    return rotated ? this.answer(rotated) : this.answerOther(claims.sessionId, claims.generation, address);
  }

  /** Decides from the current row, never from an earlier read. */
  private async answerOther(sessionId: string, generation: number, address: string): Promise<RotatedSession> {
    const [row] = await this.dataSource.query<(Row & RefreshState & { needsLogin: boolean; now: number })[]>(
      LOOK,
      [sessionId],
    );
    if (!row) throw new AppError('invalid_grant');
    const verdict = refreshVerdict(generation, row, this.config.refreshToken.graceMs, row.now);
    if (verdict.kind === 'repeat') return this.answer(row);
    if (verdict.kind === 'refused') {
      if (row.needsLogin && row.endedReason === null) throw new AppError('insufficient_user_authentication');
      throw refused(verdict.reason);
    }
    await this.revokeReused(row, address);
    throw refused('refresh_reuse');
  }

  private async revokeReused({ sessionId, userId, deviceId }: Row, address: string): Promise<void> {
    await this.revoker.inTransaction(async (transaction) => {
      await lockAccount(transaction.manager, userId);
      const count = await transaction.revoke({ sessionId, userId }, 'refresh_reuse', 'latchkey');
      // Of many clients that present the token at once, one revokes the session and reports it.
      if (count > 0) {
        const event = { kind: 'refresh_token_reused', userId, sessionId, deviceId, address } as const;
        await this.events.record(transaction.manager, event);
        await endDeviceTrust(transaction.manager, userId);
      }
    }, shareOf(userId));
  }

  private answer({ generation, ...session }: Row): RotatedSession {
    return { ...session, refreshToken: this.tokens.issue({ sessionId: session.sessionId, generation }) };
  }
}

/** The response may contain the reason, because only the bearer of a genuine token gets this far. */
function refused(reason: string): AppError {
  return new AppError('invalid_grant', { members: { reason } });
}
