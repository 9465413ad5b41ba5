import { principalOf } from '../../../lib/guard.js';

/** Only for requests of this application's own pages: other sites can make a browser send cookies. */
export async function GET(request) {
  if (request.headers.get('sec-fetch-site') !== 'same-origin') return refused(403, 'cross_site_request');
  const principal = await principalOf(request.cookies, request.headers);
  if (!principal) return refused(401, 'invalid_token');
  return Response.json({ user: principal.userId, orders: [] });
}

function refused(status, code) {
  return Response.json({ status, code }, { status, headers: { 'content-type': 'application/problem+json' } });
}
