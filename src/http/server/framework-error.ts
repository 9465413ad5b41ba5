import { HttpException } from '@nestjs/common';
import { AppError } from '../../errors/app-error.js';
import type { ErrorCode } from '../../errors/error-codes.js';

const BY_FASTIFY_CODE: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_BAD_URL: 'malformed_request',
  FST_ERR_MAX_PARAM_LENGTH: 'uri_too_long',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
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

/**
 * Translates an error of Fastify by its code, or of Nest by its status. Their messages are dropped, because they repeat
 * parts of the request.
 */
export function frameworkError(thrown: unknown): AppError | undefined {
  if (thrown === null || typeof thrown !== 'object') return undefined;
  const code = errorCode(thrown);
  return code && new AppError(code, { cause: thrown });
}

function errorCode(thrown: { readonly cause?: unknown }): ErrorCode | undefined {
  const { code, statusCode } = (thrown.cause ?? thrown) as { code?: unknown; statusCode?: unknown };
  if (typeof code === 'string' && Object.hasOwn(BY_FASTIFY_CODE, code)) return BY_FASTIFY_CODE[code];
  // Fastify sets this on the error of a connection that broke in the middle of a request body.
  if (statusCode === 400) return 'malformed_request';
  if (!(thrown instanceof HttpException)) return undefined;
  const status = thrown.getStatus();
  return BY_STATUS[status] ?? (status < 500 ? 'malformed_request' : undefined);
}
