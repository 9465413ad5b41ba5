import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { CookieSessionDto } from './auth.dto.js';

/** For a route that answers with tokens, or sets them as cookies and says the rest. */
export const AnswersTokens = (tokens: Type) =>
  applyDecorators(
    ApiExtraModels(tokens, CookieSessionDto),
    ApiOkResponse({
      description: 'The tokens; to a browser that keeps them in cookies, the rest without them.',
      schema: { oneOf: [{ $ref: getSchemaPath(tokens) }, { $ref: getSchemaPath(CookieSessionDto) }] },
    }),
  );
