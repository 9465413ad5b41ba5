import type { Repository } from 'typeorm';
import { AppError } from '../errors/app-error.js';
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

const SESSIONS_MAX = 500;
const OPERATOR = 'operator';

/** The commands about a user, who is given by email address or id. */
export class UserCommands {
  constructor(
    private readonly users: UsersService,
    private readonly revoker: SessionRevoker,
    private readonly confirm: CommitEffects['enforce'],
    private readonly sessionRows: Repository<Session>,
  ) {}

  async add(email: string, password: string, roles: readonly string[]): Promise<void> {
    printUser(await this.users.create({ email, password, roles }));
  }

  async list({ limit, after }: UserPage): Promise<void> {
    const users = await this.users.list({ limit: limit + 1, after });
    const page = users.slice(0, limit);
    page.forEach(printUser);
    if (users.length > limit) note(`there are more users: add --after ${page.at(-1)?.id}`);
  }

  async grant(user: string, role: string): Promise<void> {
    await this.changeRoles(await this.users.grantRole((await this.requireUser(user)).id, role));
  }

  async revokeRole(user: string, role: string): Promise<void> {
    await this.changeRoles(await this.users.revokeRole((await this.requireUser(user)).id, role));
  }

  async disable(user: string): Promise<void> {
    const { id } = await this.requireUser(user);
    printUser(await this.users.setStatus(id, 'disabled'));
    await this.revokeSessions(id, 'user_disabled');
  }

  async enable(user: string): Promise<void> {
    const { id } = await this.requireUser(user);
    printUser(await this.users.setStatus(id, 'active'));
  }

  async sessions(user: string): Promise<void> {
    const { id } = await this.requireUser(user);
    const sessions = await this.sessionRows.find({
      where: { userId: id },
      order: { id: 'DESC' },
      take: SESSIONS_MAX + 1,
    });
    sessions.slice(0, SESSIONS_MAX).forEach(printSession);
    if (sessions.length === 0) print('no sessions');
    if (sessions.length > SESSIONS_MAX) print(`only the newest ${SESSIONS_MAX} sessions are shown`);
  }

  async endSessions(user: string): Promise<void> {
    await this.revokeSessions((await this.requireUser(user)).id, OPERATOR);
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

  private async changeRoles(user: User): Promise<void> {
    printUser(user);
    if (user.rolesEnforcedAt !== null || user.rolesChangedAt === null) return;
    const cutOffs = [{ userId: user.id, rolesVersion: user.rolesVersion, sessionEpoch: user.sessionEpoch }];
    printOutcome((await this.confirm({ sessions: [], cutOffs })) ? 'enforced' : 'pending');
  }

  private async requireUser(addressOrId: string): Promise<User> {
    const user = addressOrId.includes('@')
      ? await this.users.findByEmail(addressOrId)
      : await this.users.findById(addressOrId);
    if (!user) throw new AppError('not_found', { detail: `there is no user ${addressOrId}` });
    return user;
  }
}

function printOutcome(outcome: RevocationOutcome): void {
  print(
    outcome === 'enforced'
      ? 'confirmed by every running instance'
      : 'committed, but not confirmed by every instance yet: each one enforces it as soon as it reaches Postgres',
  );
}
