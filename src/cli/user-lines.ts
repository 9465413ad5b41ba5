import type { UndeliverableAddress } from '../mail/undeliverable-address.entity.js';
import type { User } from '../users/user.entity.js';

/** A user as lines of text. */
export function userLines(user: User, undeliverable: UndeliverableAddress | null): string[] {
  const { id, email, status, roles, emailConfirmedAt, language, createdAt } = user;
  return [
    `user ${id}`,
    `  email      ${email}`,
    `  confirmed  ${emailConfirmedAt?.toISOString() ?? 'no'}`,
    `  mail       ${
      undeliverable
        ? `undeliverable since ${undeliverable.since.toISOString()}: ${undeliverable.reply}`
        : 'no address error known'
    }`,
    `  status     ${status}`,
    `  roles      ${roles.join(',') || '-'}`,
    `  language   ${language ?? 'unknown'}`,
    `  created    ${createdAt.toISOString()}`,
  ];
}
