/**
 * Sends a request with the cookies of this browser. If the access token has expired, it is renewed first, by one tab at a
 * time.
 */
export async function call(path, options) {
  const response = await fetch(path, options);
  return response.status === 401 ? callRenewed(path, options) : response;
}

/** @returns the answer, or the refusal of the refresh, which says why the session ended */
function callRenewed(path, options) {
  return navigator.locks.request('latchkey-refresh', async () => {
    // Another tab may have renewed the cookies while this one waited for the lock.
    const response = await fetch(path, options);
    if (response.status !== 401) return response;
    const refreshed = await fetch('/auth/refresh', { method: 'POST' });
    return refreshed.ok ? fetch(path, options) : refreshed;
  });
}

export function signIn(email, password) {
  return fetch('/auth/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password, token_delivery: 'cookie' }),
  });
}

export function signOut() {
  return fetch('/auth/logout', { method: 'POST' });
}
