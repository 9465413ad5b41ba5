import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../../config/config.js';
import { loopbackOrigins } from '../../config/web-config.js';
import { AppError } from '../../errors/app-error.js';
import { cookieValues } from '../cookies/cookie-header.js';
import { cookieNames } from '../cookies/cookie-names.js';

/** RFC 9110 §9.2.1; none of ours changes anything. */
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** What a browser says of the page behind a request, and no page can change. */
export interface Provenance {
  /** `Sec-Fetch-Site` (W3C Fetch Metadata). */
  readonly fetchSite: string | undefined;
  readonly origin: string | undefined;
}

/**
 * Whether a page that is not trusted may be behind a request (OWASP, Cross-Site Request Forgery Prevention).
 *
 * @param needsProvenance a request that says nothing of where it comes from is refused: every browser of the last
 *   years says it, and any other client can
 */
export function isCrossSite(
  { fetchSite, origin }: Provenance,
  isTrusted: (origin: string) => boolean,
  needsProvenance: boolean,
): boolean {
  // `none`: no page, but the person in front of the browser.
  if (fetchSite === 'same-origin' || fetchSite === 'none') return false;
  if (origin !== undefined) return !isTrusted(origin);
  return fetchSite !== undefined || needsProvenance;
}

export function provenanceOf({ headers }: Pick<FastifyRequest, 'headers'>): Provenance {
  // Node joins what comes twice with a comma, which equals nothing that is trusted.
  return { fetchSite: headers['sec-fetch-site'] as string | undefined, origin: headers.origin };
}

/** @throws {AppError} cross_site_request for one that does not say where it comes from */
export function requireProvenance(request: Pick<FastifyRequest, 'headers'>): void {
  const { fetchSite, origin } = provenanceOf(request);
  if (fetchSite === undefined && origin === undefined) throw crossSiteRequest(WITHOUT_PROVENANCE);
}

/** Refuses unsafe requests that a page of somebody else has made, whatever they carry: a login too can be forged. */
export function refuseCrossSite(fastify: FastifyInstance, web: Config['web']): void {
  const names = Object.values(cookieNames(web.secureCookies));
  const carriesOurs = ({ cookie }: FastifyRequest['headers']) =>
    names.some((name) => cookieValues(cookie, name).length > 0);
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (SAFE_METHODS.includes(request.method)) return done();
    const { headers } = request;
    const usesCookies = headers.authorization === undefined && carriesOurs(headers);
    const provenance = provenanceOf(request);
    const isTrusted = (origin: string) => isTrustedOrigin(origin, web, request.socket.localPort);
    if (!isCrossSite(provenance, isTrusted, usesCookies)) return done();
    const isSilent = provenance.fetchSite === undefined && provenance.origin === undefined;
    done(crossSiteRequest(isSilent ? WITHOUT_PROVENANCE : undefined));
  });
}

/** Never by the `Host` header, which is whatever name a client has reached this service by. */
function isTrustedOrigin(origin: string, web: Config['web'], port: number | undefined): boolean {
  return (
    origin === web.origin ||
    web.corsOrigins.includes(origin) ||
    (web.trustsOwnPort && loopbackOrigins(port).includes(origin))
  );
}

const WITHOUT_PROVENANCE =
  'A request with cookies, or for cookies, must say where it comes from: Origin or Sec-Fetch-Site.';

function crossSiteRequest(detail?: string): AppError {
  return new AppError('cross_site_request', { detail });
}
