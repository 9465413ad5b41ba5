import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { brandOf } from '../brand/brand.js';
import { Config } from '../config/config.js';
import { Device } from '../devices/device.entity.js';
import { DEFAULT_LANGUAGE, isLanguageTag, LANGUAGE_TAGS, LANGUAGES } from '../languages/languages.js';
import type { ComposedMail, Mail } from '../mail/mail.js';
import { MailComposer } from '../mail/mail-composer.js';
import type { MailKind } from '../mail/new-mail.js';
import type { QueuedMail } from '../mail/queued-mail.js';
import { MailTemplates } from '../mail/templates/mail-templates.js';
import { mailLayout } from '../mail/templates/template-files.js';
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
  private readonly templates: ReadonlyMap<string, MailTemplates>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly links: AccountLinks,
    config: Config,
  ) {
    super();
    const { web, mail } = config;
    const brand = brandOf(config);
    const layout = mailLayout(mail.templates, brand);
    this.templates = new Map(
      LANGUAGE_TAGS.map((tag) => [tag, new MailTemplates(web.origin, brand, layout, LANGUAGES[tag])]),
    );
  }

  async compose(mail: QueuedMail): Promise<ComposedMail | null> {
    const user = await this.recipient(mail);
    if (user?.status !== 'active') return null;
    const written = await this.write(mail, user);
    return written && { ...written, userId: user.id };
  }

  private async recipient({ userId, facts: { email } }: QueuedMail): Promise<User | null> {
    if (userId !== null) return this.users.findById(userId);
    return email ? this.users.findByEmail(email) : null;
  }

  private async write({ id, kind, facts, createdAt }: QueuedMail, user: User): Promise<Mail | null> {
    const openLink = (link: Omit<NewLink, 'userId'>) =>
      this.links.open(this.dataSource.manager, { ...link, userId: user.id }, id);
    const templates = this.templatesFor(user.language ?? facts.language);
    switch (kind) {
      case 'email_to_confirm':
        if (user.emailConfirmedAt !== null) return null;
        return templates.emailConfirmation(user.email, await openLink({ purpose: 'confirm_email' }));
      case 'password_to_reset':
        return templates.passwordReset(user.email, await openLink({ purpose: 'reset_password' }));
      case 'notice_digest':
        return templates.noticeDigest(user.email, facts.counts ?? {});
      default: {
        // Its owner may never have heard of the account.
        if (user.emailConfirmedAt === null) return null;
        const { sessionId, deviceId, client, address, place, countryCode, timeZone } = facts;
        const device = facts.device ?? (await this.deviceName(deviceId));
        const isRejectable = REJECTABLE.has(kind) && Boolean(deviceId || sessionId);
        const token = isRejectable ? await openLink({ purpose: 'disown', sessionId, deviceId }) : null;
        return templates.securityEvent(
          user.email,
          kind,
          { device, client, address, place, countryCode, timeZone, at: createdAt },
          token,
        );
      }
    }
  }

  /** @param language of the account; without one of this version's, the default */
  private templatesFor(language: string | null | undefined): MailTemplates {
    const tag = isLanguageTag(language) ? language : DEFAULT_LANGUAGE;
    return this.templates.get(tag) as MailTemplates;
  }

  private async deviceName(deviceId: string | null | undefined): Promise<string | null> {
    if (!deviceId) return null;
    return (await this.dataSource.getRepository(Device).findOneBy({ id: deviceId }))?.name ?? null;
  }
}
