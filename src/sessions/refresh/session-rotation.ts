import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import type { RequestClient } from '../../http/routes/request-client.js';
import { SecurityEvents } from '../../security-events/security-events.js';
import { shareOf } from '../../shares/share.js';
import { clientFamily, familyText } from '../../user-agents/client-family.js';
import { flushIntervalMs, useDelayMs } from '../check/last-seen.js';
import { UsedGenerations } from '../check/used-generations.js';
import { endDeviceTrust } from '../device-trust.js';
import { lockAccount } from '../lock-account.js';
import { SESSION_ENDED_REASON } from '../session-cut-off.js';
import { SessionRevoker } from '../session-revoker.js';
import type { SessionLimits } from '../session-state.js';
import { RepeatWatch } from '../suspicion/repeat-watch.js';
import { SuspicionDetector } from '../suspicion/suspicion-detector.js';
import type { SuspicionRefusal } from '../suspicion/suspicion-response.js';
import { type RefreshTokenClaims, RefreshTokens } from './refresh-token.js';
import { type RefreshState, refreshVerdict } from './refresh-verdict.js';

/** What new tokens contain, from the current rows of the session and its user. */
export interface RotatedSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly deviceId: string;
  /** The epoch of the session: that of the user when it was opened, or a later one if a cut-off has exempted it. */
  readonly sessionEpoch: number;
  /** The resources that were asked for at login; `null`: all. */
  readonly audience: readonly string[] | null;
  readonly roles: readonly string[];
  readonly rolesVersion: number;
  readonly createdAt: Date;
  readonly authTime: Date;
  readonly amr: readonly string[];
  readonly refreshToken: string;
  /** Of the refresh token. */
  readonly generation: number;
}

const RETURNED = `
  s.id AS "sessionId", s.user_id AS "userId", s.device_id AS "deviceId", s.created_at AS "createdAt",
  s.auth_time AS "authTime", s.amr, s.epoch AS "sessionEpoch", s.audience,
  s.refresh_generation AS generation, u.roles, u.roles_version AS "rolesVersion"`;

/** Exported for the benchmark, which measures what it costs Postgres alone. */
// No indexed column changes, so the new version of the row stays on its page (HOT) and no index is written.
// `<=`: a generation ahead of the row is genuine too. It was issued before a failover lost its commit.
export const ROTATE = `
  UPDATE sessions s
  SET refresh_generation = $2 + 1, used_generation = greatest(s.used_generation, $2), rotated_at = clock_timestamp(),
      rotated_address = $3, rotated_client = $6, last_seen_at = now(), address = $3
  FROM users u
  WHERE s.id = $1 AND s.refresh_generation <= $2 AND s.status = 'active' AND s.needs_login_since IS NULL
    AND s.last_seen_at > now() - $4 * interval '1 millisecond'
    AND s.created_at > now() - $5 * interval '1 millisecond'
    AND u.id = s.user_id AND u.status = 'active' AND s.epoch >= u.session_epoch
  RETURNING ${RETURNED}`;

const LOOK = `
  SELECT ${RETURNED}, ${SESSION_ENDED_REASON} AS "endedReason", s.needs_login_since IS NOT NULL AS "needsLogin", u.status = 'active' AS "isUserActive",
         (extract(epoch FROM s.rotated_at) * 1000)::float8 AS "rotatedAt",
         s.used_generation AS "usedGeneration", host(s.rotated_address) AS "rotatedAddress", s.rotated_client AS "rotatedClient",
         s.repeat_clients AS "repeatClients",
         s.last_seen_at <= now() - $2 * interval '1 millisecond'
           OR s.created_at <= now() - $3 * interval '1 millisecond' AS "isExpired",
         (extract(epoch FROM s.last_seen_at) * 1000)::float8 AS "lastSeenAt",
         (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now
  FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1`;

/** A repeat is a use. Within the grace the rotation has just written one. */
const TOUCH = `
  UPDATE sessions SET last_seen_at = now(), address = $2 WHERE id = $1 AND status = 'active'`;

type Row = Omit<RotatedSession, 'refreshToken'>;

interface CurrentRow extends Row, RefreshState {
  readonly needsLogin: boolean;
  readonly rotatedAddress: string | null;
  readonly rotatedClient: string | null;
  readonly repeatClients: readonly string[];
  readonly lastSeenAt: number;
  readonly now: number;
}

/** Exchanges a refresh token for its successor. */
@Injectable()
export class SessionRotation {
  private readonly tokens: RefreshTokens;

  constructor(
    private readonly dataSource: DataSource,
    private readonly revoker: SessionRevoker,
    private readonly events: SecurityEvents,
    private readonly watch: SuspicionDetector,
    private readonly repeats: RepeatWatch,
    private readonly usedGenerations: UsedGenerations,
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
    refuse(await this.watch.inspect(claims.sessionId, client));
    const { idleTtlMs, absoluteTtlMs } = this.lifetimes;
    const [[rotated]] = await this.dataSource.query<[Row[], number]>(ROTATE, [
      claims.sessionId,
      claims.generation,
      client.address,
      idleTtlMs,
      absoluteTtlMs,
      familyText(clientFamily(client.userAgent)),
    ]);
    return rotated ? this.answer(rotated) : this.answerOther(claims, client);
  }

  /** Decides from the current row, never from an earlier read. */
  private async answerOther(
    { sessionId, generation }: RefreshTokenClaims,
    client: RequestClient,
  ): Promise<RotatedSession> {
    const { idleTtlMs, absoluteTtlMs } = this.lifetimes;
    const [row] = await this.dataSource.query<CurrentRow[]>(LOOK, [sessionId, idleTtlMs, absoluteTtlMs]);
    if (!row) throw new AppError('invalid_grant');
    const verdict = refreshVerdict(
      generation,
      this.withPendingUse(row),
      this.config.refreshToken.graceMs,
      row.now,
    );
    if (verdict.kind === 'reuse') {
      await this.revokeReused(row, client);
      throw refused('refresh_reuse');
    }
    if (row.needsLogin && row.endedReason === null) throw new AppError('insufficient_user_authentication');
    if (verdict.kind === 'refused') throw refused(verdict.reason);
    return this.repeat(row, verdict.isUsed, client);
  }

  private async repeat(row: CurrentRow, isUsed: boolean, client: RequestClient): Promise<RotatedSession> {
    const { sessionId, rotatedAddress: address, rotatedClient, repeatClients } = row;
    const rotatedBy = { address, client: rotatedClient };
    refuse(await this.repeats.inspect({ sessionId, rotatedBy, repeatClients, isUsed }, client));
    if (row.now - row.lastSeenAt > flushIntervalMs(this.config.policy.idleTtlMs)) {
      await this.dataSource.query(TOUCH, [sessionId, client.address]);
    }
    return this.answer(row);
  }

  /** This instance may have seen a use that is not written yet. */
  private withPendingUse(row: CurrentRow): CurrentRow {
    const pending = this.usedGenerations.pendingOf(row.sessionId);
    return row.usedGeneration !== null && pending > row.usedGeneration
      ? { ...row, usedGeneration: pending }
      : row;
  }

  /** Allows for uses that are not written yet. */
  private get lifetimes(): SessionLimits {
    const { idleTtlMs, absoluteTtlMs } = this.config.policy;
    return { idleTtlMs: idleTtlMs + useDelayMs(idleTtlMs), absoluteTtlMs };
  }

  private async revokeReused({ sessionId, userId, deviceId }: Row, client: RequestClient): Promise<void> {
    await this.revoker.inTransaction(async (transaction) => {
      await lockAccount(transaction.manager, userId);
      const count = await transaction.revoke({ sessionId, userId }, 'refresh_reuse', 'latchkey');
      // Of many clients that present the token at once, one revokes the session and reports it.
      if (count > 0) {
        const event = { kind: 'refresh_token_reused', userId, sessionId, deviceId, client } as const;
        await this.events.record(transaction.manager, event);
        await endDeviceTrust(transaction.manager, userId);
      }
    }, shareOf(userId));
  }

  private answer(row: Row): RotatedSession {
    const { sessionId, generation } = row;
    return {
      sessionId,
      userId: row.userId,
      deviceId: row.deviceId,
      sessionEpoch: row.sessionEpoch,
      audience: row.audience,
      roles: row.roles,
      rolesVersion: row.rolesVersion,
      createdAt: row.createdAt,
      authTime: row.authTime,
      amr: row.amr,
      generation,
      refreshToken: this.tokens.issue({ sessionId, generation }),
    };
  }
}

function refuse(refusal: SuspicionRefusal | null): void {
  if (refusal === 'ended') throw refused('suspicious');
  if (refusal === 'needs_login') throw new AppError('insufficient_user_authentication');
}

/** The response may contain the reason, because only the bearer of a genuine token gets this far. */
function refused(reason: string): AppError {
  return new AppError('invalid_grant', { members: { reason } });
}
