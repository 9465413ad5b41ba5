import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiExtraModels,
  ApiOkResponse,
  type ApiResponseOptions,
  getSchemaPath,
} from '@nestjs/swagger';
import { isoTime } from '../logging/iso-time.js';
import { CookieSessionDto, TokensDto } from './auth.dto.js';
import type { IssuedTokens } from './session-tokens.js';

function tokensOrSession(tokens: Type, description: string): ApiResponseOptions {
  return {
    description,
    // Not `oneOf`: what has all tokens also has everything that cookie mode returns.
    schema: { anyOf: [{ $ref: getSchemaPath(tokens) }, { $ref: getSchemaPath(CookieSessionDto) }] },
  };
}

/** Documents a route that returns tokens in the body or sets them as cookies. */
export const AnswersTokens = (tokens: Type) =>
  applyDecorators(
    ApiExtraModels(tokens, CookieSessionDto),
    ApiOkResponse(
      tokensOrSession(
        tokens,
        'The tokens. In cookie mode they are set as cookies, and the body has the other members.',
      ),
    ),
  );

/** Documents a route that also revokes sessions. */
export const AnswersTokensAndRevocation = () =>
  applyDecorators(
    AnswersTokens(TokensDto),
    ApiAcceptedResponse(
      tokensOrSession(
        TokensDto,
        'The same; the revocation is committed, but not yet confirmed by every instance.',
      ),
    ),
  );

export function sessionBody({
  expiresInSeconds,
  sessionId,
  deviceId,
  expiry,
}: IssuedTokens): CookieSessionDto {
  return {
    expires_in: expiresInSeconds,
    session_id: sessionId,
    device_id: deviceId,
    session_expires_at: isoTime(expiry.expiresAt),
    session_absolute_expires_at: isoTime(expiry.absoluteExpiresAt),
  };
}

export function tokensBody(issued: IssuedTokens): TokensDto {
  return {
    access_token: issued.accessToken,
    refresh_token: issued.refreshToken,
    token_type: 'Bearer',
    ...sessionBody(issued),
  };
}
