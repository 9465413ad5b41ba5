import { logText, withoutTokens } from './log-text.js';

const MAX_CAUSES = 4;
const MAX_MESSAGE_LENGTH = 1_000;
const MAX_STACK_LENGTH = 8_000;

interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/**
 * The fields of an error that are logged. They are a fixed set, because drivers attach the query and its parameters to
 * their errors (`QueryFailedError.parameters` contains addresses and hashes).
 */
export function logError(thrown: unknown, causesLeft = MAX_CAUSES): LoggedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: 'the thrown value is not an Error' };
  const { code } = thrown as { code?: unknown };
  return {
    type: thrown.constructor.name,
    message: logText(withoutTokens(thrown.message), MAX_MESSAGE_LENGTH),
    ...(typeof code === 'string' && { code: logText(code, 64) }),
    ...(thrown.stack && { stack: logText(withoutTokens(thrown.stack), MAX_STACK_LENGTH) }),
    ...(thrown.cause !== undefined && causesLeft > 0 && { cause: logError(thrown.cause, causesLeft - 1) }),
  };
}
