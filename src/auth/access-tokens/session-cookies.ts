import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { cookieValues } from '../../http/cookies/cookie-header.js';
import { type CookieNames, cookieNames } from '../../http/cookies/cookie-names.js';
import { setCookie } from '../../http/cookies/set-cookie.js';
import type { IssuedTokens } from '../auth.service.js';
import type { Credentials } from '../login/login.service.js';

type WithHeaders = Pick<FastifyRequest, 'headers'>;

/** As long as browsers keep one; each login renews it. */
const DEVICE_MAX_AGE_SECONDS = 400 * 86_400;

/** The tokens of a browser: in cookies that no script of a page can read. */
@Injectable()
export class SessionCookies {
  private readonly names: CookieNames;
  private readonly isSecure: boolean;
  private readonly refreshMaxAgeSeconds: number;

  constructor({ web, policy, accessToken }: Config) {
    this.names = cookieNames(web.secureCookies);
    this.isSecure = web.secureCookies;
    // The last access token is good for a lifetime after the last refresh, and its last use delays the idle end.
    const { idleTtlMs, absoluteTtlMs } = policy;
    this.refreshMaxAgeSeconds = Math.min(idleTtlMs / 1000 + accessToken.ttlSeconds, absoluteTtlMs / 1000);
  }

  give(reply: FastifyReply, tokens: IssuedTokens & { deviceToken?: string }): void {
    this.set(reply, this.names.access, tokens.accessToken, tokens.expiresInSeconds);
    this.set(reply, this.names.refresh, tokens.refreshToken, this.refreshMaxAgeSeconds);
    if (tokens.deviceToken) {
      this.set(reply, this.names.device, tokens.deviceToken, DEVICE_MAX_AGE_SECONDS);
    }
  }

  /** Takes the tokens away. Which device it is stays known, for its next login. */
  clear(reply: FastifyReply): void {
    this.set(reply, this.names.access, '', 0);
    this.set(reply, this.names.refresh, '', 0);
  }

  /** Adds what a browser keeps from its former logins. */
  complete(credentials: Credentials, request: WithHeaders): Credentials {
    return {
      ...credentials,
      deviceToken: credentials.deviceToken ?? this.only(request, this.names.device),
      formerRefreshToken: this.refreshToken(request),
    };
  }

  /** @returns undefined when there is none, or not exactly one */
  refreshToken(request: WithHeaders): string | undefined {
    return this.only(request, this.names.refresh);
  }

  /** Does what a token of a cookie is for. Tokens that prove good for nothing any more are taken away. */
  async orClear<T>(reply: FastifyReply, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isForGood(error)) this.clear(reply);
      throw error;
    }
  }

  private only({ headers }: WithHeaders, name: string): string | undefined {
    const values = cookieValues(headers.cookie, name);
    return values.length === 1 ? values[0] : undefined;
  }

  private set(reply: FastifyReply, name: string, value: string, maxAgeSeconds: number): void {
    reply.header('set-cookie', setCookie({ name, value, maxAgeSeconds, isSecure: this.isSecure }));
  }
}

function isForGood(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  // The browser has logged in anew: this answer is late, and must not take its new cookies.
  if (error.members.reason === 'replaced') return false;
  return ['session_revoked', 'session_expired', 'invalid_grant'].includes(error.code);
}
