import { systemClock } from '@latchkey/revocation/clock';
import { confirmedByOthers } from '@latchkey/revocation/confirmation';
import type { Revocations, SessionStore } from '@latchkey/revocation/session-store';
import type { Repository } from 'typeorm';
import { AppError } from '../errors/app-error.js';
import type { Session } from '../sessions/session.entity.js';
import type { SessionRevoker } from '../sessions/session-revoker.js';
import type { User } from '../users/user.entity.js';
import type { UsersService } from '../users/users.service.js';
import { print } from './print.js';
import { printSession, printUser } from './print-rows.js';

/** Running instances find an end within a second, and confirm it within one more and a lease. */
const CONFIRMATION_WAIT_MS = 6_000;
const PAGE = 500;
const OPERATOR = 'operator';

/** What an operator can do for and to a user, named by address or id. */
export class UserCommands {
  constructor(
    private readonly users: UsersService,
    private readonly ending: SessionRevoker,
    private readonly truth: SessionStore,
    private readonly sessionRows: Repository<Session>,
  ) {}

  async add(email: string, password: string, roles: readonly string[]): Promise<void> {
    printUser(await this.users.create({ email, password, roles }));
  }

  async list(): Promise<void> {
    for (let after: string | undefined; ; ) {
      const page = await this.users.list({ limit: PAGE, after });
      page.forEach(printUser);
      if (page.length < PAGE) return;
      after = page.at(-1)?.id;
    }
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
    await this.end(id, 'user_disabled');
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
      take: PAGE + 1,
    });
    sessions.slice(0, PAGE).forEach(printSession);
    if (sessions.length === 0) print('no sessions');
    if (sessions.length > PAGE) print(`and more: only the newest ${PAGE} are shown`);
  }

  async endSessions(user: string): Promise<void> {
    await this.end((await this.requireUser(user)).id, OPERATOR);
  }

  private async end(userId: string, reason: 'user_disabled' | typeof OPERATOR): Promise<void> {
    const sessions = await this.ending.revoke({ userId }, reason, OPERATOR);
    print(`ended ${sessions.length} ${sessions.length === 1 ? 'session' : 'sessions'}`);
    if (sessions.length > 0) await this.awaitConfirmation({ sessions, cutOffs: [] });
  }

  private async changeRoles(user: User): Promise<void> {
    printUser(user);
    if (user.rolesEnforcedAt !== null || user.rolesChangedAt === null) return;
    await this.awaitConfirmation({
      sessions: [],
      cutOffs: [{ userId: user.id, rolesVersion: user.rolesVersion }],
    });
  }

  /** This process is no instance: it commits, and the running ones find, enforce and confirm. */
  private async awaitConfirmation(ends: Revocations): Promise<void> {
    const isConfirmed = await confirmedByOthers(this.truth, ends, CONFIRMATION_WAIT_MS, systemClock);
    print(
      isConfirmed
        ? 'it holds on every running instance'
        : 'committed; no instance has confirmed it yet (none running, or cut off): each enforces it as soon as it reaches Postgres',
    );
  }

  private async requireUser(addressOrId: string): Promise<User> {
    const user = addressOrId.includes('@')
      ? await this.users.findByEmail(addressOrId)
      : await this.users.findById(addressOrId);
    if (!user) throw new AppError('not_found', { detail: `there is no user ${addressOrId}` });
    return user;
  }
}
