import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { presentsBearer } from '../../http/routes/bearer-scheme.js';
import { SessionRotation } from '../../sessions/refresh/session-rotation.js';
import { SessionCookies } from './session-cookies.js';

/** Reads the refresh tokens of a request that ends its own session. */
@Injectable()
export class PresentedRefreshTokens {
  constructor(
    private readonly cookies: SessionCookies,
    private readonly rotation: SessionRotation,
  ) {}

  /**
   * The sessions of the genuine refresh tokens in the body and in the cookie. As for access tokens, cookies do not count
   * beside a `Bearer` header.
   */
  sessionsOf(request: Pick<FastifyRequest, 'body' | 'headers'>): string[] {
    const tokens = [
      bodyToken(request.body),
      presentsBearer(request.headers) ? undefined : this.cookies.refreshToken(request),
    ];
    const sessions = tokens.map((token) =>
      token === undefined ? undefined : this.rotation.sessionOf(token),
    );
    return [...new Set(sessions.filter((session) => session !== undefined))];
  }
}

/** Logout validates no body, so that a client with other fields in it can log out too. */
function bodyToken(body: unknown): string | undefined {
  const { refresh_token } = (body ?? {}) as { refresh_token?: unknown };
  return typeof refresh_token === 'string' ? refresh_token : undefined;
}
