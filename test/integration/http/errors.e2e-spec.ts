import { Controller, ForbiddenException, Get, UnauthorizedException } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { AppError } from '../../../src/errors/app-error.js';
import { ERROR_CODES, type ErrorCode } from '../../../src/errors/error-codes.js';
import { type HttpTestApp, startHttpTestApp } from '../../support/http-test-app.js';

let thrown: unknown;

@Controller()
class ThrowingController {
  @Get('throw') throw() {
    throw thrown;
  }
}

let testApp: HttpTestApp;

beforeAll(async () => {
  testApp = await startHttpTestApp({ controllers: [ThrowingController] });
});

afterAll(() => testApp.app.close());

beforeEach(() => {
  testApp.logLines.length = 0;
});

async function answerTo(error: unknown, headers: Record<string, string> = {}) {
  thrown = error;
  const response = await fetch(`${testApp.url}/throw`, { headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}

describe('the error response', () => {
  it.each(Object.entries(ERROR_CODES))(
    'for %s has the status and title of the code',
    async (code, { status, title }) => {
      const answer = await answerTo(new AppError(code as ErrorCode));
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual({ type: `/docs/errors#${code}`, title, status, code });
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.headers.get('cache-control')).toBe('no-store');
    },
  );

  it('is byte-identical for the same error', async () => {
    const first = await answerTo(new AppError('not_found'));
    const second = await answerTo(new AppError('not_found'));
    expect(first.text).toBe(second.text);
    expect(first.headers.get('x-request-id')).not.toBe(second.headers.get('x-request-id'));
  });

  it('includes detail and members, which cannot override the code', async () => {
    const error = new AppError('validation_failed', {
      detail: 'why',
      members: { errors: [], code: 'x', status: 200 },
    });
    expect((await answerTo(error)).body).toMatchObject({
      code: 'validation_failed',
      status: 400,
      detail: 'why',
      errors: [],
    });
  });

  it.each(['invalid_token', 'token_stale', 'session_revoked', 'session_expired'] as const)(
    'has the RFC 6750 challenge if a token was refused as %s',
    async (code) => {
      const answer = await answerTo(new AppError(code), { authorization: 'Bearer x' });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="latchkey", error="invalid_token"');
    },
  );

  it.each(['invalid_token', 'invalid_credentials', 'invalid_grant'] as const)(
    'does not mention a token in the challenge if none was sent (%s)',
    async (code) => {
      expect((await answerTo(new AppError(code))).headers.get('www-authenticate')).toBe(
        'Bearer realm="latchkey"',
      );
    },
  );

  it('has Retry-After if the request can be retried', async () => {
    expect((await answerTo(new AppError('service_unavailable'))).headers.get('retry-after')).toBe('1');
    expect((await answerTo(new AppError('overloaded'))).headers.get('retry-after')).toBe('1');
    const limited = new AppError('too_many_requests', { retryAfterSeconds: 12.2 });
    expect((await answerTo(limited)).headers.get('retry-after')).toBe('13');
    expect((await answerTo(new AppError('not_found'))).headers.get('retry-after')).toBeNull();
  });

  it.each([
    [new UnauthorizedException('secret'), 401, 'invalid_token'],
    [new ForbiddenException('secret'), 403, 'insufficient_role'],
  ])('uses a code of the service if Nest threw the error', async (error, status, code) => {
    const answer = await answerTo(error);
    expect(answer.body).toMatchObject({ status, code });
    expect(answer.text).not.toContain('secret');
  });

  it('is 503, never 401 or 500, if a dependency failed', async () => {
    const driverError = Object.assign(new Error('terminating connection'), { code: '57P01' });
    const answer = await answerTo(new QueryFailedError('SELECT secret', ['secret'], driverError));
    expect(answer.body).toMatchObject({ status: 503, code: 'service_unavailable' });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(testApp.logLines.join()).toContain('terminating connection');
    expect(testApp.logLines.join()).not.toContain('secret');
  });

  it.each([
    ['an Error', new Error('secret')],
    ['a string', 'secret'],
    ['undefined', undefined],
    ['an object that looks like HTTP', { statusCode: 418, message: 'secret' }],
    ['a unique violation', Object.assign(new Error('secret'), { code: '23505' })],
  ])('is a 500 without details for an unexpected error: %s', async (_, error) => {
    const answer = await answerTo(error);
    expect(answer.body).toEqual({
      type: '/docs/errors#internal_error',
      title: ERROR_CODES.internal_error.title,
      status: 500,
      code: 'internal_error',
    });
    expect(testApp.logLines.map((line) => JSON.parse(line).level)).toEqual(['error', 'info']);
  });

  it('has its stack trace in the log only', async () => {
    await answerTo(new Error('boom'));
    const line = JSON.parse(testApp.logLines[0] ?? '');
    expect(line).toMatchObject({ level: 'error', err: { type: 'Error', message: 'boom' } });
    expect(line.err.stack).toContain('errors.e2e-spec');
  });
});
