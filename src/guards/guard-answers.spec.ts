import { AppError } from '../errors/app-error.js';
import { decisionOf, GuardAnswers } from './guard-answers.js';

const ID = '0197f3c0-0000-7000-8000-000000000000';
const question = { id: 1, sessionId: ID, userId: ID, sessionEpoch: 0, rolesVersion: 0, generation: 0 };

describe('a refusal', () => {
  it.each([
    [
      new AppError('session_revoked', { members: { reason: 'logout' } }),
      { state: 'ended', reason: 'logout' },
    ],
    [
      new AppError('session_expired', { members: { reason: 'idle_expired' } }),
      { state: 'ended', reason: 'expired' },
    ],
    [new AppError('invalid_token'), { state: 'ended', reason: 'unspecified' }],
    [new AppError('token_stale'), { state: 'stale' }],
    [new AppError('insufficient_user_authentication'), { state: 'needs_login' }],
    [new AppError('service_unavailable'), { state: 'unavailable' }],
    [new AppError('overloaded'), { state: 'unavailable' }],
    [new AppError('internal_error'), { state: 'unavailable' }],
  ])('%s becomes an answer for a guard', (error, decision) => {
    expect(decisionOf(error)).toEqual(decision);
  });
});

describe('a question', () => {
  const check = (checkForGuard: () => Promise<void>) => new GuardAnswers({ checkForGuard } as never);

  it('about an active session is answered', async () => {
    expect(await check(async () => {}).decide(question)).toEqual({ state: 'active' });
  });

  it.each(['sessionId', 'userId'])('with an invalid %s is answered without a read', async (member) => {
    const answers = check(() => Promise.reject(new Error('read')));
    expect(await answers.decide({ ...question, [member]: 'x' })).toEqual({
      state: 'ended',
      reason: 'unspecified',
    });
  });

  it('is answered when Postgres fails', async () => {
    const failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(await check(() => Promise.reject(failure)).decide(question)).toEqual({ state: 'unavailable' });
  });
});
