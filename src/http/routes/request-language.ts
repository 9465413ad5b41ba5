import { cookieValues } from '@latchkey/access-token/cookie-values';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { acceptedLanguage, isLanguageTag, type LanguageTag } from '../../languages/languages.js';
import { LANGUAGE_COOKIE } from '../cookies/language-cookie.js';

/** The language that the person has chosen, or else the best one that their browser asks for; `null` if it asks for none. */
export function requestLanguage({ headers }: Pick<FastifyRequest, 'headers'>): LanguageTag | null {
  const chosen = cookieValues(headers.cookie, LANGUAGE_COOKIE).find(isLanguageTag);
  return chosen ?? acceptedLanguage(headers['accept-language']);
}

/** Injects the language of a request into a handler. */
export const RequestLanguage = createParamDecorator((_: unknown, context: ExecutionContext) =>
  requestLanguage(context.switchToHttp().getRequest<FastifyRequest>()),
);
