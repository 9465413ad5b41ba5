import type { Repository } from 'typeorm';
import type { AuditLog } from '../audit/audit-log.js';
import { AppError } from '../errors/app-error.js';
import type { UndeliverableAddresses } from '../mail/undeliverable-addresses.js';
import { endDeviceTrust } from '../sessions/device-trust.js';
import type { Session } from '../sessions/session.entity.js';
import {
  COUNTED_AT_MOST,
  type CommitEffects,
  type RevocationOutcome,
  type SessionRevoker,
} from '../sessions/session-revoker.js';
import type { User } from '../users/user.entity.js';
import type { UserPage, UsersService } from '../users/users.service.js';
import { note, print, printSession, printUser } from './print.js';
import { userLines } from './user-lines.js';
import { sessionsOfUser } from './user-sessions.js';

const OPERATOR = 'operator';

/** The commands about a user, who is given by email address or id. */
export class UserCommands {
  constructor(
    private readonly users: UsersService,
    private readonly revoker: SessionRevoker,
    private readonly confirm: CommitEffects['enforce'],
    private readonly sessionRows: Repository<Session>,
    private readonly audit: AuditLog,
    private readonly undeliverable: UndeliverableAddresses,
  ) {}

  async add(email: string, password: string, roles: readonly string[]): Promise<void> {
    const user = await this.users.create({ email, password, roles });
    this.note('user_added', user.id, { roles });
    printUser(user);
  }

  async list({ limit, after }: UserPage): Promise<void> {
    const users = await this.users.list({ limit: limit + 1, after });
    const page = users.slice(0, limit);
    page.forEach(printUser);
    if (users.length > limit) note(`there are more users: add --after ${page.at(-1)?.id}`);
  }

  async show(user: string): Promise<void> {
    const found = await this.requireUser(user);
    userLines(found, await this.undeliverable.find(found.id)).forEach(print);
  }

  async grant(user: string, role: string): Promise<void> {
    const { id } = await this.requireUser(user);
    const changed = await this.users.grantRole(id, role);
    this.note('role_granted', id, { role });
    await this.changeRoles(changed);
  }

  async revokeRole(user: string, role: string): Promise<void> {
    const { id } = await this.requireUser(user);
    const changed = await this.users.revokeRole(id, role);
    this.note('role_revoked', id, { role });
    await this.changeRoles(changed);
  }

  async disable(user: string): Promise<void> {
    const { id } = await this.requireUser(user);
    const disabled = await this.users.setStatus(id, 'disabled');
    this.note('user_disabled', id);
    printUser(disabled);
    await this.revokeSessions(id, 'user_disabled');
  }

  async enable(user: string): Promise<void> {
    const { id } = await this.requireUser(user);
    const enabled = await this.users.setStatus(id, 'active');
    this.note('user_enabled', id);
    printUser(enabled);
  }

  async sessions(user: string, { limit, after }: UserPage): Promise<void> {
    const { id } = await this.requireUser(user);
    const sessions = await sessionsOfUser(this.sessionRows, id, { limit: limit + 1, after });
    const page = sessions.slice(0, limit);
    page.forEach(printSession);
    if (sessions.length === 0) print(after === undefined ? 'no sessions' : 'no more sessions');
    if (sessions.length > limit) note(`there are more sessions: add --after ${page.at(-1)?.id}`);
  }

  async endSessions(user: string): Promise<void> {
    await this.revokeSessions((await this.requireUser(user)).id, OPERATOR);
  }

  /** @throws {AppError} not_found */
  async requireUser(addressOrId: string): Promise<User> {
    const user = addressOrId.includes('@')
      ? await this.users.findByEmail(addressOrId)
      : await this.users.findById(addressOrId);
    if (!user) throw new AppError('not_found', { detail: `there is no user ${addressOrId}` });
    return user;
  }

  private async revokeSessions(userId: string, reason: 'user_disabled' | typeof OPERATOR): Promise<void> {
    const { result: count, outcome } = await this.revoker.inTransaction(async (transaction) => {
      await endDeviceTrust(transaction.manager, userId);
      return transaction.revoke({ userId }, reason, OPERATOR);
    });
    print(
      `revoked ${count === COUNTED_AT_MOST ? 'at least ' : ''}${count} ${count === 1 ? 'session' : 'sessions'}`,
    );
    if (count > 0 || outcome === 'pending') printOutcome(outcome);
  }

  private note(event: string, userId: string, detail = {}): void {
    this.audit.write({ event, outcome: 'success', actor: OPERATOR, userId, detail });
  }

  private async changeRoles(user: User): Promise<void> {
    printUser(user);
    if (user.rolesEnforcedAt !== null || user.rolesChangedAt === null) return;
    const cutOffs = [{ userId: user.id, rolesVersion: user.rolesVersion, sessionEpoch: user.sessionEpoch }];
    printOutcome((await this.confirm({ sessions: [], cutOffs })) ? 'enforced' : 'pending');
  }
}

export function printOutcome(outcome: RevocationOutcome): void {
  print(
    outcome === 'enforced'
      ? 'confirmed by every running instance'
      : 'committed, but not confirmed by every instance yet: each one enforces it as soon as it reaches Postgres',
  );
}
