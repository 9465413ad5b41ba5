/** Set by the service when it sends a browser here to sign in (`sign_in=1` at `/auth/check`). */
const PARAMETER = 'return_to';
const LAST_RETURN = 'latchkey.last-return';
/** A page that sends the browser back within this time does not accept its sign-in. */
const LOOP_MS = 60_000;

/**
 * Leaves for the page that the browser was sent here from, if there is one on this origin.
 *
 * @returns whether it leaves
 */
export function returnToPage(now = Date.now()): boolean {
  const target = returnTarget();
  if (!target || isLoop(target, now)) return false;
  location.replace(target);
  return true;
}

/** Anyone can write a link to this page, so it leads to no other origin. */
function returnTarget(): string | null {
  const path = new URLSearchParams(location.search).get(PARAMETER);
  if (path === null || !URL.canParse(path, location.origin)) return null;
  const target = new URL(path, location.origin);
  const isOther = target.origin === location.origin && target.pathname !== location.pathname;
  return isOther ? target.href : null;
}

/** Also remembers this return. */
function isLoop(target: string, now: number): boolean {
  const text = JSON.stringify({ target, now });
  try {
    const last = JSON.parse(sessionStorage.getItem(LAST_RETURN) ?? '{}');
    sessionStorage.setItem(LAST_RETURN, text);
    return last.target === target && now - last.now < LOOP_MS;
  } catch {
    // Storage is blocked, so a loop could not be noticed.
    return true;
  }
}
