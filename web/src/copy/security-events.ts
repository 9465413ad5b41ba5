import type { SecurityEvent } from '@latchkey/client/cookie-client';
import { accountMessages } from '../messages';
import { textFor } from './text-for';

export function describeSecurityEvent({ kind }: SecurityEvent): string {
  return textFor(accountMessages.events.kinds, kind) ?? kind.replaceAll('_', ' ');
}
