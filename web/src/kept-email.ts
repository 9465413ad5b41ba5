const KEY = 'latchkey.email';

/** The address that a visitor of this tab has typed, so that the next page does not ask for it again. */
export function keptEmail(): string {
  try {
    return sessionStorage.getItem(KEY) ?? '';
  } catch {
    // Storage is blocked.
    return '';
  }
}

export function keepEmail(email: string): void {
  try {
    sessionStorage.setItem(KEY, email);
  } catch {
    // Storage is blocked.
  }
}

export function forgetEmail(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Storage is blocked.
  }
}
