import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as newId } from 'uuid';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { markDeliverable } from '../../mail/undeliverable-addresses.js';
import { lockUser } from '../../users/lock-user.js';
import { User } from '../../users/user.entity.js';
import type { LinkPurpose } from './account-link.entity.js';
import { LinkTokens } from './link-token.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Lifetime of a link, from the time its mail is sent. */
export const LINK_LIFETIME_MS: Readonly<Record<LinkPurpose, number>> = {
  reset_password: 30 * MINUTE_MS,
  confirm_email: 3 * DAY_MS,
  disown: 7 * DAY_MS,
};

export interface NewLink {
  readonly purpose: LinkPurpose;
  readonly userId: string;
  readonly sessionId?: string | null;
  readonly deviceId?: string | null;
}

export interface UsedLink {
  readonly user: User;
  readonly sessionId: string | null;
  readonly deviceId: string | null;
}

// Sending a mail again renews its link, unless the link has been used.
const OPEN = `
  INSERT INTO account_links (id, user_id, purpose, session_id, device_id, expires_at)
  VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond')
  ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at WHERE account_links.used_at IS NULL`;

/** More than the mails of a link's lifetime, so that no link is removed that could still be used. */
const KEPT_OF_EACH_PURPOSE = 200;
/** Limits the work of one link if an account has far more than are kept. */
const REMOVED_AT_ONCE = 100;

const REMOVE_SURPLUS = `
  DELETE FROM account_links WHERE id IN (
    SELECT id FROM account_links WHERE user_id = $1 AND purpose = $2
    ORDER BY created_at DESC, id DESC OFFSET ${KEPT_OF_EACH_PURPOSE} LIMIT ${REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED)`;

const USABLE = `l.id = $1 AND l.purpose = $2 AND l.used_at IS NULL AND l.expires_at > now()
  AND u.id = l.user_id AND u.status = 'active'`;

/** Single-use links that are sent by email. */
@Injectable()
export class AccountLinks {
  private readonly tokens: LinkTokens;

  constructor(
    private readonly dataSource: DataSource,
    { secret }: Config,
  ) {
    this.tokens = new LinkTokens(secret);
  }

  /**
   * @param id of the mail that carries the link; omitted if the link is returned to the client directly
   * @returns the token of the link
   */
  async open(manager: EntityManager, link: NewLink, id = newId()): Promise<string> {
    const { purpose, userId, sessionId, deviceId } = link;
    const parameters = [id, userId, purpose, sessionId, deviceId, LINK_LIFETIME_MS[purpose]];
    await manager.query(OPEN, parameters);
    await manager.query(REMOVE_SURPLUS, [userId, purpose]);
    return this.tokens.issue(purpose, id);
  }

  /** Finds the user of a link that can be used now. @throws {AppError} invalid_link, for any reason */
  async requireOwner(
    purpose: LinkPurpose,
    token: string,
    manager = this.dataSource.manager,
  ): Promise<{ linkId: string; user: User }> {
    const linkId = this.tokens.verify(purpose, token);
    if (linkId === null) throw new AppError('invalid_link');
    const [owner] = await manager.query<{ userId: string }[]>(
      `SELECT l.user_id AS "userId" FROM account_links l, users u WHERE ${USABLE}`,
      [linkId, purpose],
    );
    const user = owner && (await manager.findOneBy(User, { id: owner.userId }));
    if (!user) throw new AppError('invalid_link');
    return { linkId, user };
  }

  /**
   * Marks the link as used in the caller's transaction, and locks the row of its user. If several requests use the link
   * at the same time, one of them succeeds.
   *
   * @throws {AppError} invalid_link
   */
  async use(manager: EntityManager, purpose: LinkPurpose, token: string): Promise<UsedLink> {
    const { linkId, user } = await this.requireOwner(purpose, token, manager);
    // Locks the user before the link: every transaction that locks both uses this order, which prevents deadlocks.
    await lockUser(manager, user.id);
    const [[used]] = await manager.query<[Omit<UsedLink, 'user'>[], number]>(
      `UPDATE account_links l SET used_at = clock_timestamp() FROM users u WHERE ${USABLE}
       RETURNING l.session_id AS "sessionId", l.device_id AS "deviceId"`,
      [linkId, purpose],
    );
    if (!used) throw new AppError('invalid_link');
    await markDeliverable(manager, user.id);
    return { user, ...used };
  }

  /** Whether a genuine link has been used, for actions that may be repeated. */
  async isUsed(purpose: LinkPurpose, token: string): Promise<boolean> {
    const linkId = this.tokens.verify(purpose, token);
    if (linkId === null) return false;
    const [used] = await this.dataSource.query<object[]>(
      `SELECT FROM account_links l JOIN users u ON u.id = l.user_id
       WHERE l.id = $1 AND l.purpose = $2 AND l.used_at IS NOT NULL AND u.status = 'active'`,
      [linkId, purpose],
    );
    return used !== undefined;
  }

  /** Invalidates all links of the user that have this purpose. */
  async voidAll(manager: EntityManager, userId: string, purpose: LinkPurpose): Promise<void> {
    await manager.query(
      `UPDATE account_links SET used_at = clock_timestamp() WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL`,
      [userId, purpose],
    );
  }
}
