import { HttpException } from '@nestjs/common';
import { AppError } from './app-error.js';
import { isDependencyFailure } from './dependency-failure.js';
import type { ErrorCode } from './error-codes.js';

const BY_FASTIFY_CODE: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_BAD_URL: 'malformed_request',
  FST_ERR_MAX_PARAM_LENGTH: 'uri_too_long',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_body',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_body',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_body',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
};

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'invalid_token',
  403: 'insufficient_role',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'body_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
  431: 'headers_too_large',
  503: 'service_unavailable',
};

/** Puts whatever was thrown into the one language of errors; what nobody expected is `internal_error`. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const code = frameworkCode(thrown);
  if (code) return new AppError(code, { cause: thrown });
  return new AppError(isDependencyFailure(thrown) ? 'service_unavailable' : 'internal_error', {
    cause: thrown,
  });
}

/** What Fastify says by code, or Nest by status. Their messages repeat the request and are left out. */
function frameworkCode(thrown: unknown): ErrorCode | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { code } = (thrown.cause ?? thrown) as { code?: unknown };
  if (typeof code === 'string' && Object.hasOwn(BY_FASTIFY_CODE, code)) return BY_FASTIFY_CODE[code];
  if (!(thrown instanceof HttpException)) return undefined;
  const status = thrown.getStatus();
  return BY_STATUS[status] ?? (status < 500 ? 'malformed_request' : undefined);
}
