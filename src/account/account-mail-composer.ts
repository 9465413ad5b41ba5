import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { Device } from '../devices/device.entity.js';
import type { Mail } from '../mail/mail.js';
import { MailComposer } from '../mail/mail-composer.js';
import type { MailKind } from '../mail/new-mail.js';
import type { QueuedMail } from '../mail/queued-mail.js';
import { MailTemplates } from '../mail/templates/mail-templates.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AccountLinks, type NewLink } from './links/account-links.js';

/** The session or device of these events may still be signed in: their mail carries the link that signs it out. */
const REJECTABLE: ReadonlySet<MailKind> = new Set([
  'new_device_sign_in',
  'sign_in_after_failures',
  'refresh_token_shared',
  'device_token_shared',
  'impossible_travel',
  'client_changed',
]);

/** Writes a mail when it is sent: that is when its recipient is looked up, and when the lifetime of its link starts. */
@Injectable()
export class AccountMailComposer extends MailComposer {
  private readonly templates: MailTemplates;

  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly links: AccountLinks,
    { web }: Config,
  ) {
    super();
    this.templates = new MailTemplates(web.origin);
  }

  async compose(mail: QueuedMail): Promise<Mail | null> {
    const user = await this.recipient(mail);
    return user?.status === 'active' ? this.write(mail, user) : null;
  }

  private async recipient({ userId, facts: { email } }: QueuedMail): Promise<User | null> {
    if (userId !== null) return this.users.findById(userId);
    return email ? this.users.findByEmail(email) : null;
  }

  private async write({ id, kind, facts, createdAt }: QueuedMail, user: User): Promise<Mail | null> {
    const openLink = (link: Omit<NewLink, 'userId'>) =>
      this.links.open(this.dataSource.manager, { ...link, userId: user.id }, id);
    switch (kind) {
      case 'email_to_confirm':
        if (user.emailConfirmedAt !== null) return null;
        return this.templates.emailConfirmation(user.email, await openLink({ purpose: 'confirm_email' }));
      case 'password_to_reset':
        return this.templates.passwordReset(user.email, await openLink({ purpose: 'reset_password' }));
      case 'notice_digest':
        return this.templates.noticeDigest(user.email, facts.counts ?? {});
      default: {
        // Its owner may never have heard of the account.
        if (user.emailConfirmedAt === null) return null;
        const { sessionId, deviceId, address, place } = facts;
        const device = facts.device ?? (await this.deviceName(deviceId));
        const isRejectable = REJECTABLE.has(kind) && Boolean(deviceId || sessionId);
        const token = isRejectable ? await openLink({ purpose: 'disown', sessionId, deviceId }) : null;
        return this.templates.securityEvent(
          user.email,
          kind,
          { device, address, place, at: createdAt },
          token,
        );
      }
    }
  }

  private async deviceName(deviceId: string | null | undefined): Promise<string | null> {
    if (!deviceId) return null;
    return (await this.dataSource.getRepository(Device).findOneBy({ id: deviceId }))?.name ?? null;
  }
}
