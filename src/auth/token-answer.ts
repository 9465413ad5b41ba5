import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiExtraModels,
  ApiOkResponse,
  type ApiResponseOptions,
  getSchemaPath,
} from '@nestjs/swagger';
import { CookieSessionDto, TokensDto } from './auth.dto.js';
import type { IssuedTokens } from './session-tokens.js';

function tokensOrSession(tokens: Type, description: string): ApiResponseOptions {
  return {
    description,
    schema: { oneOf: [{ $ref: getSchemaPath(tokens) }, { $ref: getSchemaPath(CookieSessionDto) }] },
  };
}

/** Documents a route that returns tokens in the body or sets them as cookies. */
export const AnswersTokens = (tokens: Type) =>
  applyDecorators(
    ApiExtraModels(tokens, CookieSessionDto),
    ApiOkResponse(tokensOrSession(tokens, 'Tokens; in cookie mode the same body without them.')),
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

export function sessionBody({ expiresInSeconds, sessionId, deviceId }: IssuedTokens): CookieSessionDto {
  return { expires_in: expiresInSeconds, session_id: sessionId, device_id: deviceId };
}

export function tokensBody(issued: IssuedTokens): TokensDto {
  return {
    access_token: issued.accessToken,
    refresh_token: issued.refreshToken,
    token_type: 'Bearer',
    ...sessionBody(issued),
  };
}
