import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { Device } from '../devices/device.entity.js';
import type { Mail } from '../mail/mail.js';
import { MailDispatcher } from '../mail/mail-dispatcher.js';
import type { MailKind } from '../mail/mail-kind.js';
import type { OutboxMail } from '../mail/outbox-mail.entity.js';
import { Letters, type NoticeFacts } from '../mail/templates/letters.js';
import { type Letter, layOut } from '../mail/templates/mail-layout.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AccountLinks, type NewLink } from './links/account-links.js';

/** What these tell of is still under way: their mail carries the link that ends it. */
const GOES_ON: ReadonlySet<MailKind> = new Set([
  'new_device_sign_in',
  'sign_in_after_failures',
  'device_token_shared',
  'impossible_travel',
  'client_changed',
]);

/** As `SecurityNotices` and `passwordToReset` put them. */
interface Facts extends Omit<NoticeFacts, 'at'> {
  readonly email?: string;
  readonly sessionId?: string | null;
  readonly deviceId?: string | null;
}

/** Writes mails when they are sent: only then is it known whom they are for, and only then do their links begin. */
@Injectable()
export class MailWriter implements OnModuleInit {
  private readonly letters: Letters;

  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly links: AccountLinks,
    private readonly dispatcher: MailDispatcher,
    { web }: Config,
  ) {
    this.letters = new Letters(web.origin);
  }

  onModuleInit(): void {
    this.dispatcher.composeWith((mail) => this.write(mail));
  }

  /** @returns `null` when there is nobody to send it to, or nothing to say any more */
  async write(mail: OutboxMail): Promise<Mail | null> {
    const facts = mail.facts as Facts;
    const user = await this.recipient(mail.userId, facts.email);
    if (user?.status !== 'active') return null;
    const letter = await this.letter(mail, facts, user);
    return letter && layOut(user.email, letter);
  }

  private async recipient(userId: string | null, email: string | undefined): Promise<User | null> {
    if (userId !== null) return this.users.findById(userId);
    return email === undefined ? null : this.users.findByEmail(email);
  }

  private async nameOf(deviceId: string | null | undefined): Promise<string | null> {
    if (!deviceId) return null;
    return (await this.dataSource.getRepository(Device).findOneBy({ id: deviceId }))?.name ?? null;
  }

  private async letter(mail: OutboxMail, facts: Facts, user: User): Promise<Letter | null> {
    const kind = mail.kind as MailKind;
    const link = (of: Omit<NewLink, 'userId'>) =>
      this.links.open(this.dataSource.manager, { ...of, userId: user.id }, mail.id);
    switch (kind) {
      case 'email_to_confirm':
        if (user.emailConfirmedAt !== null) return null;
        return this.letters.emailToConfirm(await link({ purpose: 'confirm_email' }));
      case 'password_to_reset':
        return this.letters.passwordToReset(await link({ purpose: 'reset_password' }));
      default: {
        const { sessionId, deviceId } = facts;
        const told = { ...facts, device: facts.device ?? (await this.nameOf(deviceId)), at: mail.createdAt };
        if (!(deviceId || sessionId) || !GOES_ON.has(kind)) return this.letters.notice(kind, told);
        return this.letters.disownable(kind, told, await link({ purpose: 'disown', sessionId, deviceId }));
      }
    }
  }
}
