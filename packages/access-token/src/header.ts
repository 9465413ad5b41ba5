import { invalidToken } from '../../../src/auth/access-tokens/invalid-token.js';

/** The signature algorithm of access tokens (RFC 7518 §3.4), the only one that is accepted. */
export const ALGORITHM = 'ES256';
/** What they are (RFC 9068 §2.1), so that no other JWT under the same keys passes for one. */
export const TYPE = 'at+jwt';

/** RFC 9068 §4; media types are case-insensitive (RFC 7515 §4.1.9). */
const ACCEPTED_TYPES: unknown[] = [TYPE, `application/${TYPE}`];
const MEMBERS = ['alg', 'kid', 'typ'].join();

/**
 * Reads which key a token claims to be signed with. Nothing is verified yet.
 *
 * Only what this service writes is accepted: a header with any further member is refused. `jku`, `x5u`, `jwk` and
 * `x5c` would name a key of the sender's choice, and `crit` demands what we do not implement (RFC 8725 §3.10).
 *
 * @throws {AppError} `invalid_token`
 */
export function readTokenKid(token: string): string {
  const [encodedHeader, payload, signature, ...rest] = token.split('.');
  if (!encodedHeader || !payload || !signature || rest.length > 0)
    throw invalidToken('it has not three parts');
  // The last character of 64 bytes has unused bits: sixteen spellings of one signature would all verify.
  if (!isCanonical(signature)) throw invalidToken('its signature is not canonical base64url');
  const header = parseHeader(encodedHeader);
  if (Object.keys(header).sort().join() !== MEMBERS) throw invalidToken('its header has other members');
  const { alg, kid, typ } = header;
  if (alg !== ALGORITHM) throw invalidToken(`its alg is not ${ALGORITHM}`);
  if (typeof typ !== 'string' || !ACCEPTED_TYPES.includes(typ.toLowerCase())) {
    throw invalidToken(`its typ is not ${TYPE}`);
  }
  if (typeof kid !== 'string') throw invalidToken('its kid is not a string');
  return kid;
}

function parseHeader(encoded: string): Record<string, unknown> {
  const header = parseJson(Buffer.from(encoded, 'base64url').toString('utf8'));
  if (typeof header !== 'object' || header === null) throw invalidToken('its header is not an object');
  return { ...header };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The message of the SyntaxError repeats the text, which has no place in a log.
    throw invalidToken('its header is not JSON');
  }
}

function isCanonical(base64url: string): boolean {
  return Buffer.from(base64url, 'base64url').toString('base64url') === base64url;
}
