import { NextResponse } from 'next/server';
import { principalOf } from './lib/guard.js';

const LATCHKEY = process.env.LATCHKEY_ISSUER ?? 'http://localhost:3000';
const ORIGIN = process.env.LATCHKEY_ORIGIN ?? 'http://localhost:4004';

export const config = { matcher: ['/orders/:path*'] };

/**
 * Runs before the pages below `/orders`. Server components cannot set cookies, so an access token that has expired is
 * renewed here: the page gets the new cookies in its request, and the browser in the answer.
 */
export async function proxy(request) {
  if (await principalOf(request.cookies, request.headers)) return NextResponse.next();
  const renewed = await refresh(request);
  if (renewed.status >= 500 || renewed.status === 429)
    return new NextResponse('Try again later.', { status: 503 });
  if (!renewed.ok) return withCookies(NextResponse.redirect(new URL('/account', ORIGIN)), renewed);
  for (const line of renewed.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    request.cookies.set(name, value);
  }
  return withCookies(NextResponse.next({ request: { headers: request.headers } }), renewed);
}

/** Several requests at once get the same successor, so nothing has to be locked. */
function refresh({ headers }) {
  return fetch(`${LATCHKEY}/auth/refresh`, {
    method: 'POST',
    headers: {
      cookie: headers.get('cookie') ?? '',
      origin: ORIGIN,
      'user-agent': headers.get('user-agent') ?? '',
      'x-forwarded-for': headers.get('x-forwarded-for') ?? '',
    },
  }).catch(() => new Response(null, { status: 503 }));
}

function withCookies(answer, { headers }) {
  for (const line of headers.getSetCookie()) answer.headers.append('set-cookie', line);
  return answer;
}
