import { SessionCache } from '@latchkey/revocation/session-cache';
import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import type { RequestClient } from '../../http/routes/request-client.js';
import type { SuspicionAction } from '../../policy/session-policy.js';
import type { SessionUse } from '../check/session-use.js';
import type { SessionSnapshot } from '../store/session-snapshot.js';
import { isFromElsewhere, type RotatedBy, repeatText } from './repeat-from-elsewhere.js';
import { type SuspicionRefusal, SuspicionResponse } from './suspicion-response.js';

/** A refresh token that was presented again after its rotation, and got the current one. */
export interface Repeat {
  readonly sessionId: string;
  readonly rotatedBy: RotatedBy;
  /** `repeatText` of those that have been reported. */
  readonly repeatClients: readonly string[];
  /** Whether the current tokens have been used: then this client cannot be the only one that has them. */
  readonly isUsed: boolean;
}

/**
 * Judges repeats of a refresh. They are meant for the client that rotated the token: its tabs, and its retries. From
 * elsewhere they may come from a thief who refreshes shortly after the owner each time, and so is never seen as reuse.
 */
@Injectable()
export class RepeatWatch {
  constructor(
    private readonly sessions: SessionCache<SessionSnapshot, SessionUse>,
    private readonly response: SuspicionResponse,
    private readonly config: Config,
  ) {}

  /** @returns why the repeat is refused; `null` when it is not. @throws when the suspicion could not be written */
  async inspect(
    repeat: Repeat,
    client: Pick<RequestClient, 'address' | 'userAgent'>,
  ): Promise<SuspicionRefusal | null> {
    if (!isFromElsewhere(repeat.rotatedBy, client)) return null;
    const action = this.actionFor(repeat);
    if (action === 'off') return null;
    if (action === 'notify' && repeat.repeatClients.includes(repeatText(client))) return null;
    const { session } = await this.sessions.findFresh(repeat.sessionId);
    // A session that has just ended grants nothing to anyone.
    if (session?.snapshot.status !== 'active') return null;
    return this.response.respond(session, client, { suspicion: 'refresh_token_shared', action });
  }

  /** A client that lost the answer may have changed networks since: a reason to record it, not to sign its user out. */
  private actionFor({ isUsed }: Repeat): SuspicionAction {
    const action = this.config.policy.suspicionActions.refresh_token_shared;
    return isUsed || action === 'off' ? action : 'notify';
  }
}
