import { cookieValues } from '@latchkey/access-token/cookie-values';
import {
  isCrossSite,
  isSafeMethod,
  type OriginHeaders,
} from '@latchkey/access-token/forward-auth/cross-site';
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Config } from '../../config/config.js';
import { loopbackOrigins } from '../../config/web-config.js';
import { AppError } from '../../errors/app-error.js';
import { cookieNames } from '../cookies/cookie-names.js';
import { presentsBearer } from '../routes/bearer-scheme.js';

export function originHeaders({ headers }: Pick<FastifyRequest, 'headers'>): OriginHeaders {
  // Node joins repeated headers with a comma, and such a value never equals a trusted one.
  return { fetchSite: headers['sec-fetch-site'] as string | undefined, origin: headers.origin };
}

/** @throws {AppError} cross_site_request if the request has neither header */
export function requireOriginHeaders(request: Pick<FastifyRequest, 'headers'>): void {
  if (lacksBoth(originHeaders(request))) throw crossSiteRequest(MISSING_HEADERS);
}

/** Rejects unsafe cross-site requests, also those without a session: a login can be forged too. */
export function rejectCrossSiteRequests(fastify: FastifyInstance, web: Config['web']): void {
  const usesCookies = cookieUse(web);
  fastify.addHook('onRequest', (request, _reply, done) => {
    // No route of this service changes anything for a safe method.
    if (isSafeMethod(request.method) || request.routeOptions.config?.isForwardAuth) return done();
    done(refusal(request, web, usesCookies(request)));
  });
  const rejectForwarded: onRequestHookHandler = (request, _reply, done) => {
    const safety = forwardedSafety(request);
    if (safety === 'safe' || !usesCookies(request)) return done();
    done(refusal(request, web, safety === 'unsafe'));
  };
  fastify.addHook('onRoute', (route) => {
    if (route.config?.isForwardAuth) route.onRequest = [route.onRequest ?? [], rejectForwarded].flat();
  });
}

/** The method of the request that a gateway has received. nginx calls with `GET`, whatever that method is. */
const FORWARDED_METHOD_HEADERS = ['x-forwarded-method', 'x-original-method'];

/**
 * Whether the request that a gateway wants to have checked is unsafe. The client may have sent the headers itself, so all
 * of them and the method of the call must be safe.
 *
 * @returns `unknown` if the gateway does not report the method. Its `Origin` header, which browsers add to every unsafe
 *   request and to no navigation by a link, then decides
 */
function forwardedSafety({ method, headers }: FastifyRequest): 'safe' | 'unsafe' | 'unknown' {
  const forwarded = FORWARDED_METHOD_HEADERS.map((name) => headers[name]).filter(
    (value) => value !== undefined,
  );
  if (![method, ...forwarded].every((name) => isSafeMethod(String(name)))) return 'unsafe';
  if (forwarded.length > 0) return 'safe';
  return headers.origin === undefined ? 'safe' : 'unknown';
}

/** Whether a request uses a cookie of this service. A browser never adds a bearer token by itself. */
function cookieUse(web: Config['web']): (request: FastifyRequest) => boolean {
  const names = Object.values(cookieNames(web.secureCookies));
  return ({ headers }) =>
    !presentsBearer(headers) && names.some((name) => cookieValues(headers.cookie, name).length > 0);
}

function refusal(
  request: FastifyRequest,
  web: Config['web'],
  requiresHeaders: boolean,
): AppError | undefined {
  const found = originHeaders(request);
  const isTrusted = (origin: string) => isTrustedOrigin(origin, web, request.socket.localPort);
  if (!isCrossSite(found, isTrusted, requiresHeaders)) return undefined;
  return crossSiteRequest(lacksBoth(found) ? MISSING_HEADERS : undefined);
}

/** The `Host` header is not trusted: clients choose it. */
function isTrustedOrigin(origin: string, web: Config['web'], port: number | undefined): boolean {
  return (
    origin === web.origin ||
    web.corsOrigins.includes(origin) ||
    (web.trustsOwnPort && loopbackOrigins(port).includes(origin))
  );
}

function lacksBoth({ fetchSite, origin }: OriginHeaders): boolean {
  return fetchSite === undefined && origin === undefined;
}

const MISSING_HEADERS =
  'A request that sends session cookies or asks for them must have an Origin or Sec-Fetch-Site header.';

function crossSiteRequest(detail?: string): AppError {
  return new AppError('cross_site_request', { detail });
}
