import { InvalidToken } from './errors.js';

/** The signature algorithm of access tokens (RFC 7518 §3.4), the only one that is accepted. */
export const ALGORITHM = 'ES256';
/**
 * The type of access tokens (RFC 9068 §2.1). It prevents other JWTs signed with the same keys from being
 * accepted.
 */
export const TYPE = 'at+jwt';

/** RFC 9068 §4; media types are case-insensitive (RFC 7515 §4.1.9). */
const ACCEPTED_TYPES: unknown[] = [TYPE, `application/${TYPE}`];

/**
 * Reads the id of the key that a token claims to be signed with. Nothing is verified yet.
 *
 * Accepts only headers of the form that Latchkey issues and refuses any additional member: `jku`, `x5u`,
 * `jwk` and `x5c` would let the sender choose the key, and `crit` requires extensions that are not
 * implemented (RFC 8725 §3.10).
 *
 * @throws {InvalidToken} `malformed_token` or `unacceptable_header`
 */
export function readTokenKid(token: string): string {
  const [encodedHeader, payload, signature, ...rest] = token.split('.');
  if (!encodedHeader || !payload || !signature || rest.length > 0) {
    throw malformed('the token does not have three parts');
  }
  // The last character of an encoded 64-byte signature has four unused bits, so 16 spellings of it would
  // verify.
  if (!isCanonical(signature)) throw malformed('the signature is not canonical base64url');
  const { alg, kid, typ, ...others } = parseHeader(encodedHeader);
  if (Object.keys(others).length > 0)
    throw unacceptable('the header has other members than alg, kid and typ');
  if (alg !== ALGORITHM) throw unacceptable(`alg is not ${ALGORITHM}`);
  if (typeof typ !== 'string' || !ACCEPTED_TYPES.includes(typ.toLowerCase())) {
    throw unacceptable(`typ is not ${TYPE}`);
  }
  if (typeof kid !== 'string') throw unacceptable('kid is not a string');
  return kid;
}

function parseHeader(encoded: string): Record<string, unknown> {
  const header = parseJson(Buffer.from(encoded, 'base64url').toString('utf8'));
  if (typeof header !== 'object' || header === null) throw malformed('the header is not an object');
  return { ...header };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not passed on as `cause`: the message of a SyntaxError quotes the text, which must not be logged.
    throw malformed('the header is not JSON');
  }
}

function isCanonical(base64url: string): boolean {
  return Buffer.from(base64url, 'base64url').toString('base64url') === base64url;
}

function malformed(message: string): InvalidToken {
  return new InvalidToken('malformed_token', message);
}

function unacceptable(message: string): InvalidToken {
  return new InvalidToken('unacceptable_header', message);
}
