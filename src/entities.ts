import { AccountLink } from './account/links/account-link.entity.js';
import { RejectedRegistration } from './account/rejected-registration.entity.js';
import { SigningKey } from './auth/keys/signing-key.entity.js';
import { Client, ClientSecret } from './clients/client.entity.js';
import { Device } from './devices/device.entity.js';
import { MailNotices } from './mail/mail-notices.entity.js';
import { OutboxMail } from './mail/outbox-mail.entity.js';
import { UndeliverableAddress } from './mail/undeliverable-address.entity.js';
import { SecurityEvent } from './security-events/security-event.entity.js';
import { Session } from './sessions/session.entity.js';
import { SessionEvent } from './sessions/session-event.entity.js';
import { User } from './users/user.entity.js';

/** Every entity, for TypeORM's tools and the commands. The service loads them by module. */
export const ENTITIES = [
  User,
  Device,
  Session,
  SessionEvent,
  SecurityEvent,
  OutboxMail,
  MailNotices,
  UndeliverableAddress,
  AccountLink,
  RejectedRegistration,
  SigningKey,
  Client,
  ClientSecret,
];
