import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import {
  type EntityManager,
  type FindOptionsWhere,
  In,
  MoreThan,
  QueryFailedError,
  Repository,
} from 'typeorm';
import { validate as isUuid, v7 as uuidv7 } from 'uuid';
import { PasswordHasher } from '../credentials/password/password-hasher.js';
import { requireAcceptablePassword } from '../credentials/password/password-rules.js';
import { AppError } from '../errors/app-error.js';
import { errorMessage } from '../errors/error-message.js';
import type { LanguageTag } from '../languages/languages.js';
import { SERVICE_SHARE, type Share } from '../shares/share.js';
import { emailSpelling, normaliseEmail } from './email-address.js';
import { requireRoleName } from './role-name.js';
import { User, type UserStatus } from './user.entity.js';

/** RFC 2606: no mail server has a name under `invalid`. */
const RELEASED_DOMAIN = 'released.invalid';

export interface NewUser {
  readonly email: string;
  readonly password: string;
  readonly roles?: readonly string[];
  /** Of mails. */
  readonly language?: LanguageTag | null;
}

export interface UserPage {
  readonly limit: number;
  /** The id of the last user on the previous page. */
  readonly after?: string | undefined;
}

@Injectable()
export class UsersService {
  private readonly logger = new Logger('Users');

  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * @param alongside writes additional rows for the new user in the same transaction
   * @param share whose turn the hashing uses; by default the operator's
   * @throws {AppError} `validation_failed`, `password_rejected`, `email_taken`, `overloaded`
   */
  async create(
    { email: address, password, roles = [], language = null }: NewUser,
    alongside: (manager: EntityManager, user: User) => Promise<void> = async () => {},
    share = SERVICE_SHARE,
  ): Promise<User> {
    const email = normaliseEmail(address);
    roles.forEach(requireRoleName);
    requireAcceptablePassword(password, email);
    const passwordHash = await this.hasher.hash(password, share);
    const user = this.users.create({
      id: uuidv7(),
      email,
      passwordHash,
      roles: [...new Set(roles)],
      language,
      rolesChangedAt: null,
      rolesChangedXid: null,
      rolesEnforcedAt: null,
      emailConfirmedAt: null,
      devicesTrustedSince: null,
    });
    try {
      await this.users.manager.transaction(async (manager) => {
        // Also sets the columns of `user` that have a default in the database.
        await manager.insert(User, user);
        await alongside(manager, user);
      });
    } catch (error) {
      // Not checked before the insert: two concurrent registrations would both find the address free.
      if (violatedConstraint(error) !== 'users_email_key') throw error;
      throw new AppError('email_taken', { cause: error });
    }
    return user;
  }

  /**
   * Finds the user of a mailbox. If accounts that are older than that rule share one, each is found by its own spelling.
   *
   * @throws {AppError} `validation_failed` for a malformed address
   */
  async findByEmail(address: string): Promise<User | null> {
    const spelling = emailSpelling(address);
    const users = await this.users.findBy({ email: In([spelling, normaliseEmail(address)]) });
    return users.find(({ email }) => email === spelling) ?? users[0] ?? null;
  }

  async findById(id: string): Promise<User | null> {
    return isUuid(id) ? this.users.findOneBy({ id }) : null;
  }

  /** @throws {AppError} `not_found` */
  async requireById(id: string): Promise<User> {
    const user = await this.findById(id);
    if (!user) throw new AppError('not_found');
    return user;
  }

  /** Oldest first, because ids are in the order of creation. @throws {AppError} `validation_failed` */
  async list({ limit, after }: UserPage): Promise<User[]> {
    if (after !== undefined && !isUuid(after)) {
      throw new AppError('validation_failed', { detail: '`after` must be the id of a user.' });
    }
    const where: FindOptionsWhere<User> = after === undefined ? {} : { id: MoreThan(after) };
    return this.users.find({ where, order: { id: 'ASC' }, take: limit });
  }

  /**
   * Costs the same whether or not the user exists, and whether or not the password is correct: a hash with old
   * parameters is renewed in the background.
   *
   * @throws {AppError} `overloaded`
   */
  async verifyPassword(user: User | null, password: string, share = SERVICE_SHARE): Promise<boolean> {
    if (!user) return this.hasher.verifyForUnknownUser(password, share);
    if (!(await this.hasher.verify(user.passwordHash, password, share))) return false;
    if (this.hasher.needsRehash(user.passwordHash)) void this.rehash(user, password);
    return true;
  }

  /** @throws {AppError} `password_rejected`, `overloaded` */
  async hashNew(password: string, email: string, share = SERVICE_SHARE): Promise<string> {
    requireAcceptablePassword(password, email);
    return this.hasher.hash(password, share);
  }

  /**
   * The hash of a random password that is not kept, so that no password is accepted.
   *
   * @throws {AppError} `overloaded`
   */
  async hashRandomPassword(share = SERVICE_SHARE): Promise<string> {
    return this.hasher.hash(randomBytes(32).toString('base64url'), share);
  }

  /** Runs in the caller's transaction, which must have locked the user. */
  async setPassword(manager: EntityManager, id: string, passwordHash: string): Promise<void> {
    await manager.query(
      'UPDATE users SET password_hash = $2, password_version = password_version + 1 WHERE id = $1',
      [id, passwordHash],
    );
  }

  /** Idempotent. */
  async setLanguage(id: string, language: LanguageTag): Promise<void> {
    await this.users.update({ id }, { language });
  }

  /** Idempotent. @returns whether the address was unconfirmed */
  async confirmEmail(manager: EntityManager, id: string): Promise<boolean> {
    const [, count] = await manager.query<[unknown[], number]>(
      'UPDATE users SET email_confirmed_at = now() WHERE id = $1 AND email_confirmed_at IS NULL',
      [id],
    );
    return count > 0;
  }

  /** Disables the user and frees the address for a new registration. Runs in the caller's transaction. */
  async releaseEmail(manager: EntityManager, id: string): Promise<void> {
    await manager.query(
      `UPDATE users SET email = id || '@' || $2, status = 'disabled', password_version = password_version + 1
       WHERE id = $1`,
      [id, RELEASED_DOMAIN],
    );
  }

  /** Idempotent. @throws {AppError} `validation_failed`, `not_found` */
  async grantRole(id: string, role: string): Promise<User> {
    requireRoleName(role);
    return this.change(id, '(:role <> ALL (roles))', { roles: () => 'array_append(roles, :role)' }, { role });
  }

  /** Idempotent. @throws {AppError} `validation_failed`, `not_found` */
  async revokeRole(id: string, role: string): Promise<User> {
    requireRoleName(role);
    return this.change(id, ':role = ANY (roles)', { roles: () => 'array_remove(roles, :role)' }, { role });
  }

  /** @throws {AppError} `not_found` */
  async setStatus(id: string, status: UserStatus): Promise<User> {
    return this.change(id, 'status <> :status', { status }, { status });
  }

  /**
   * Updates the user with one statement, which does nothing if the change is already made, and reads the
   * result.
   */
  private async change(
    id: string,
    needed: string,
    values: Parameters<Repository<User>['update']>[1],
    parameters: Record<string, unknown>,
  ): Promise<User> {
    if (!isUuid(id)) throw new AppError('not_found');
    await this.users
      .createQueryBuilder()
      .update()
      .set(values)
      .where(`id = :id AND ${needed}`, { id, ...parameters })
      .execute();
    return this.requireById(id);
  }

  /** Never rejects: the password is correct, and the next login can replace the hash. */
  private async rehash(user: User, password: string): Promise<void> {
    try {
      const passwordHash = await this.hasher.hash(password, REHASHING);
      // Replaces only the hash that was just verified, not that of a password changed in the meantime.
      await this.users.update({ id: user.id, passwordHash: user.passwordHash }, { passwordHash });
    } catch (error) {
      this.logger.debug(`a password hash was not renewed: ${errorMessage(error)}`);
    }
  }
}

/** One share for all, so that many renewals after a change of the parameters delay no login. */
const REHASHING: Share = { network: 'rehashing', account: '', isKnown: false };

/** The name of the constraint, if the error is a constraint violation. */
function violatedConstraint(error: unknown): string | undefined {
  if (!(error instanceof QueryFailedError)) return undefined;
  const { constraint }: { constraint?: string } = error.driverError;
  return constraint;
}
