/** The token of the link that this page was opened with, and the path that accepts it. */
let held: { readonly path: string; readonly token: string } | null = null;

/** The token from the fragment of the URL, which is removed from there at once; `null` if there is none. */
export function takeLinkToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  history.replaceState(null, '', location.pathname);
  if (token) holdLinkToken(location.pathname, token);
  return token || null;
}

/** @param path of the page that a reload has to open */
export function holdLinkToken(path: string, token: string): void {
  held = { path, token };
}

/** Writes the token back into the URL, for a reload that follows at once. */
export function restoreLinkToken(): void {
  if (held) history.replaceState(null, '', `${held.path}#token=${held.token}`);
}
