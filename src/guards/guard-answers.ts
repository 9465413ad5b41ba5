import type { Answer, Question } from '@latchkey/revocation/guard-connection/messages';
import { Injectable, Logger } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import type { AppError } from '../errors/app-error.js';
import { toAppError } from '../errors/to-app-error.js';
import { SessionCheck } from '../sessions/check/session-check.js';

/** For a session that is no longer known. */
const UNKNOWN: Decision = { state: 'ended', reason: 'unspecified' };

export type Decision = Omit<Answer, 'id'>;

/** Decides for guards about sessions, as this instance decides for its own requests. */
@Injectable()
export class GuardAnswers {
  private readonly logger = new Logger(GuardAnswers.name);

  constructor(private readonly sessions: SessionCheck) {}

  /** Never rejects. */
  async decide(question: Question): Promise<Decision> {
    // Postgres would refuse the ids, for all questions of the same read.
    if (!isUuid(question.sessionId) || !isUuid(question.userId)) return UNKNOWN;
    try {
      await this.sessions.checkForGuard(question);
      return { state: 'active' };
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'internal_error') this.logger.error('a question was not answered', thrown);
      return decisionOf(error);
    }
  }
}

/** What a guard has to know about a refusal. */
export function decisionOf({ code, members: { reason } }: AppError): Decision {
  if (code === 'session_revoked') return { state: 'ended', reason: String(reason) };
  if (code === 'session_expired') return { state: 'ended', reason: 'expired' };
  if (code === 'invalid_token') return UNKNOWN;
  if (code === 'token_stale') return { state: 'stale' };
  if (code === 'insufficient_user_authentication') return { state: 'needs_login' };
  return { state: 'unavailable' };
}
