import { writeAck } from '@latchkey/revocation/guard-connection/guard-messages';
import { LinkConnection, type LinkEvents } from '@latchkey/revocation/guard-connection/link-connection';
import type { Ends } from '@latchkey/revocation/guard-connection/messages';
import { replaceMethod } from './replace-method.js';

const LATER_MS = 300;

interface Inside {
  seq: number;
  readonly events: LinkEvents;
  send(text: string): void;
}

/** Breaks rule 6 for guards: ends are acknowledged before they are in force. */
replaceMethod(LinkConnection, 'learn', function (this: Inside, seq: number, ends: Ends): void {
  this.seq = seq;
  this.send(writeAck(seq));
  setTimeout(() => this.events.learned(ends), LATER_MS);
});
