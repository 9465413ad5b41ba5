import { cookieValues } from '@latchkey/access-token/cookie-values';
import { readTokenKid } from '@latchkey/access-token/header';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../config/config.js';
import { joinDeviceTokens, splitDeviceTokens } from '../../devices/device-token.js';
import { AppError } from '../../errors/app-error.js';
import { type CookieNames, cookieNames } from '../../http/cookies/cookie-names.js';
import { languageCookie } from '../../http/cookies/language-cookie.js';
import { whyCookiesAreLost } from '../../http/cookies/lost-cookies.js';
import { setCookie } from '../../http/cookies/set-cookie.js';
import { originHeaders, requireOriginHeaders } from '../../http/server/cross-site.js';
import { isLanguageTag } from '../../languages/languages.js';
import { SessionRotation } from '../../sessions/refresh/session-rotation.js';
import { KeySet } from '../keys/key-set.js';
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

  constructor(
    { web, policy, accessToken }: Config,
    private readonly keys: KeySet,
    private readonly rotation: SessionRotation,
  ) {
    this.names = cookieNames(web.secureCookies);
    this.isSecure = web.secureCookies;
    // The access token of the last refresh can be used for one more lifetime, and each use extends the idle
    // timeout.
    const { idleTtlMs, absoluteTtlMs } = policy;
    this.refreshMaxAgeSeconds = Math.min(idleTtlMs / 1000 + accessToken.ttlSeconds, absoluteTtlMs / 1000);
  }

  /**
   * Before a login: afterwards, nothing could use or end the session.
   *
   * @throws {AppError} cross_site_request or cookies_not_kept
   */
  requireKept(request: WithHeaders): void {
    requireOriginHeaders(request);
    const detail = whyCookiesAreLost(originHeaders(request), this.isSecure);
    if (detail) throw new AppError('cookies_not_kept', { detail });
  }

  setTokens(reply: FastifyReply, tokens: IssuedTokens): void {
    this.set(reply, this.names.access, tokens.accessToken, tokens.expiresInSeconds);
    this.set(reply, this.names.refresh, tokens.refreshToken, this.refreshMaxAgeSeconds);
  }

  /** Keeps the tokens of the other people who use this browser. */
  rememberDevice(request: WithHeaders, reply: FastifyReply, deviceToken: string): void {
    const value = joinDeviceTokens(deviceToken, this.deviceTokens(request));
    this.set(reply, this.names.device, value, DEVICE_MAX_AGE_SECONDS);
  }

  /** The page is shown in it from now on. @param language of the account, which may be one that this version lacks */
  setLanguage(reply: FastifyReply, language: string | null): void {
    if (isLanguageTag(language)) reply.header('set-cookie', languageCookie(language, this.isSecure));
  }

  /**
   * Clears both token cookies, unless another service on the same host has set them. The device cookie stays, so that the
   * next login recognises the device.
   */
  clear({ headers }: WithHeaders, reply: FastifyReply): void {
    const { access, refresh } = this.names;
    const isOwnRefreshToken = (token: string) => this.rotation.sessionOf(token) !== undefined;
    if (cookieValues(headers.cookie, access).some((token) => this.isOwnAccessToken(token)))
      this.set(reply, access, '', 0);
    if (cookieValues(headers.cookie, refresh).some(isOwnRefreshToken)) this.set(reply, refresh, '', 0);
  }

  /** Whether a token names a key of this service. It may be forged or have expired. */
  isOwnAccessToken(token: string): boolean {
    try {
      return this.keys.publicKey(readTokenKid(token)) !== undefined;
    } catch {
      // No token of this service has such a header.
      return false;
    }
  }

  /** Adds the device tokens and the refresh token that the browser has from earlier logins. */
  completeCredentials(credentials: Credentials, request: WithHeaders): Credentials {
    return {
      ...credentials,
      deviceTokens: [...credentials.deviceTokens, ...this.deviceTokens(request)],
      formerRefreshToken: this.refreshToken(request),
    };
  }

  /** @returns undefined unless the request has exactly one that this service has issued */
  refreshToken(request: WithHeaders): string | undefined {
    const own = this.values(request, this.names.refresh).filter(
      (token) => this.rotation.sessionOf(token) !== undefined,
    );
    return own.length === 1 ? own[0] : undefined;
  }

  /** Runs `work`, which uses a token from a cookie. If the token is permanently useless, the answer clears the cookies. */
  async clearCookiesOnRevoked<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isPermanent(error)) request.hasUselessCookie = true;
      throw error;
    }
  }

  /** None unless there is exactly one device cookie. */
  private deviceTokens(request: WithHeaders): string[] {
    const [value = '', ...others] = this.values(request, this.names.device);
    return others.length > 0 ? [] : splitDeviceTokens(value);
  }

  /** @throws {AppError} cross_site_request if a cookie of a request without an origin would be used */
  private values({ headers }: WithHeaders, name: string): string[] {
    const values = cookieValues(headers.cookie, name);
    // Login and refresh read cookies even beside a bearer token, which exempts a request from the general rule.
    if (values.length > 0) requireOriginHeaders({ headers });
    return values;
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
