/** What a client presents in an `Authorization: Basic` header. */
export interface BasicCredentials {
  readonly clientId: string;
  /**
   * The secret, form-urlencoded as RFC 6749 §2.3.1 requires, and as it was sent: many programs do not encode it, and a
   * secret in base64 has characters such as `+` that would decode to others.
   */
  readonly secrets: readonly [decoded: string, sent: string];
}

const MAX_LENGTH = 2_048;
/** RFC 9110 §11.4: the scheme is case-insensitive. */
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;

/** @returns `null` if the header is missing or malformed */
export function basicCredentials(header: string | undefined): BasicCredentials | null {
  if (header === undefined || header.length > MAX_LENGTH) return null;
  const encoded = BASIC.exec(header)?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  // RFC 7617 §2: an id cannot contain a colon, a secret can.
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  const secret = text.slice(colon + 1);
  return { clientId: formDecoded(text.slice(0, colon)), secrets: [formDecoded(secret), secret] };
}

/** The text itself if it is not form-urlencoded. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
