import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { cookieValues } from '../../http/cookies/cookie-header.js';
import { type CookieNames, cookieNames } from '../../http/cookies/cookie-names.js';
import { setCookie } from '../../http/cookies/set-cookie.js';
import { requireOriginHeaders } from '../../http/server/cross-site.js';
import type { Credentials } from '../login/login.service.js';
import type { IssuedTokens } from '../session-tokens.js';

type WithHeaders = Pick<FastifyRequest, 'headers'>;

/** The longest lifetime that browsers allow. Each login renews the cookie. */
const DEVICE_MAX_AGE_SECONDS = 400 * 86_400;

/** Keeps the tokens of browsers in cookies that scripts cannot read. */
@Injectable()
export class SessionCookies {
  private readonly names: CookieNames;
  private readonly isSecure: boolean;
  private readonly refreshMaxAgeSeconds: number;

  constructor({ web, policy, accessToken }: Config) {
    this.names = cookieNames(web.secureCookies);
    this.isSecure = web.secureCookies;
    // The access token of the last refresh can be used for one more lifetime, and each use extends the idle
    // timeout.
    const { idleTtlMs, absoluteTtlMs } = policy;
    this.refreshMaxAgeSeconds = Math.min(idleTtlMs / 1000 + accessToken.ttlSeconds, absoluteTtlMs / 1000);
  }

  setTokens(reply: FastifyReply, tokens: IssuedTokens & { deviceToken?: string }): void {
    this.set(reply, this.names.access, tokens.accessToken, tokens.expiresInSeconds);
    this.set(reply, this.names.refresh, tokens.refreshToken, this.refreshMaxAgeSeconds);
    if (tokens.deviceToken) {
      this.set(reply, this.names.device, tokens.deviceToken, DEVICE_MAX_AGE_SECONDS);
    }
  }

  /** Clears both token cookies. The device cookie stays, so that the next login recognises the device. */
  clear(reply: FastifyReply): void {
    this.set(reply, this.names.access, '', 0);
    this.set(reply, this.names.refresh, '', 0);
  }

  /** Adds the device token and the refresh token that the browser has from earlier logins. */
  completeCredentials(credentials: Credentials, request: WithHeaders): Credentials {
    return {
      ...credentials,
      deviceToken: credentials.deviceToken ?? this.singleValue(request, this.names.device),
      formerRefreshToken: this.refreshToken(request),
    };
  }

  /** @returns undefined unless there is exactly one */
  refreshToken(request: WithHeaders): string | undefined {
    return this.singleValue(request, this.names.refresh);
  }

  /**
   * Runs `work`, which uses a token from a cookie, and clears the cookies if the token turns out to be
   * permanently useless.
   */
  async clearCookiesOnRevoked<T>(reply: FastifyReply, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isPermanent(error)) this.clear(reply);
      throw error;
    }
  }

  /** @throws {AppError} cross_site_request if a cookie of a request without an origin would be used */
  private singleValue({ headers }: WithHeaders, name: string): string | undefined {
    const values = cookieValues(headers.cookie, name);
    // Login and refresh read cookies even beside a bearer token, which exempts a request from the general rule.
    if (values.length > 0) requireOriginHeaders({ headers });
    return values.length === 1 ? values[0] : undefined;
  }

  private set(reply: FastifyReply, name: string, value: string, maxAgeSeconds: number): void {
    reply.header('set-cookie', setCookie({ name, value, maxAgeSeconds, isSecure: this.isSecure }));
  }
}

function isPermanent(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  // A newer login of this browser replaced the session: this late answer must not clear the cookies of that
  // login.
  if (error.members.reason === 'replaced') return false;
  return ['session_revoked', 'session_expired', 'invalid_grant'].includes(error.code);
}
