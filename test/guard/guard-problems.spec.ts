import { GUARD_ERRORS, GuardError, type GuardErrorCode } from '../../packages/guard/src/guard-error.js';
import { headersOf, problemOf } from '../../packages/guard/src/problem.js';
import { AppError, type AppErrorOptions } from '../../src/errors/app-error.js';
import { ERROR_CODES } from '../../src/errors/error-codes.js';
import { problemBody, problemHeaders } from '../../src/http/server/problem.js';

const CODES = Object.keys(GUARD_ERRORS) as GuardErrorCode[];

describe('the problem details of a guard', () => {
  it.each(CODES)('have the status and title of the service for %s', (code) => {
    expect(GUARD_ERRORS[code]).toEqual(ERROR_CODES[code]);
  });

  it.each(CODES)('are byte-identical to those of the service for %s', (code) => {
    const all: AppErrorOptions[] = [
      {},
      { members: { reason: 'logout' } },
      { members: { code: 'other', max_age: 300 } },
      { detail: 'Why.', retryAfterSeconds: 2.5 },
    ];
    for (const options of all) {
      const [own, service] = [new GuardError(code, options), new AppError(code, options)];
      expect(JSON.stringify(problemOf(own))).toBe(problemBody(service));
      for (const isPresented of [true, false]) {
        expect(headersOf(own, isPresented)).toEqual(problemHeaders(service, isPresented));
      }
    }
  });
});
