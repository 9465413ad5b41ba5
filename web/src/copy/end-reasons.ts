import type { SessionEnded } from '@latchkey/client/cookie-client';
import { accountMessages, messages } from '../messages';
import { textFor } from './text-for';

/** For the list of ended sessions. */
export function describeEndReason(reason: string): string {
  return textFor(accountMessages.endReasons, reason) ?? accountMessages.endReasonUnknown;
}

/** For a user who was signed out while the page was open; `null` if there is nothing to report, as for a visitor. */
export function signOutNotice({ code, reason }: Pick<SessionEnded, 'code' | 'reason'>): string | null {
  const because = reason && textFor(messages.signedOutBecause, reason);
  if (because) return because;
  if (code === 'session_expired') return messages.signedOutBecause.idle_expired;
  if (code === 'insufficient_user_authentication') return messages.unusualActivity;
  if (code === 'account_disabled') return messages.signedOutBecause.user_disabled;
  return code === 'session_revoked' ? messages.signedOutUnknown : null;
}
