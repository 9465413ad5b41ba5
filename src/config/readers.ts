import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import ms, { type StringValue } from 'ms';
import {
  SUSPICION_ACTIONS,
  SUSPICIONS,
  SUSPICIONS_OF_LOGINS,
  type Suspicion,
  type SuspicionAction,
} from '../policy/session-policy.js';
import { postgresServerUrls, requireEscapedPercent } from './postgres-url.js';

/**
 * Reads the text of one variable.
 *
 * @throws {TypeError} with a message that continues a sentence: "`PORT` must be a whole number from 0 to 65535"
 */
export type Reader<T> = (text: string) => T;

const SECRET_MIN_BYTES = 32;
/** `ms` accepts more. A number without a unit is in seconds. */
const DURATION = /^\d{1,9}(ms|s|m|h|d)?$/;

export const text: Reader<string> = (value) => value;

/** `stdout`, or an absolute path: a relative one would depend on where the service was started. */
export const auditLog: Reader<string> = (value) => {
  if (value !== 'stdout' && !isAbsolute(value)) throw new TypeError('must be stdout or an absolute path');
  return value;
};

/** One audience (RFC 7519 §4.1.3) or several, separated by commas or spaces; each counts once. */
export const audiences: Reader<readonly [string, ...string[]]> = (value) => {
  const [first, ...others] = new Set(value.split(/[\s,]+/).filter((item) => item !== ''));
  if (first === undefined) throw new TypeError('must be an audience such as https://api.example.com');
  return [first, ...others];
};

/** RFC 6749 appendix A.1, without spaces. */
export const clientId: Reader<string> = (value) => {
  if (!/^[\x21-\x7e]{1,64}$/.test(value)) throw new TypeError('must be 1 to 64 visible ASCII characters');
  return value;
};

export const flag: Reader<boolean> = (value) => {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new TypeError('must be true or false');
};

export const oneOf =
  <Name extends string>(known: readonly Name[]): Reader<Name> =>
  (value) => {
    const name = known.find((candidate) => candidate === value);
    if (name === undefined) throw new TypeError(`must be one of ${known.join(', ')}`);
    return name;
  };

/** `none`, or a list separated by commas. */
export const someOf =
  <Name extends string>(known: readonly Name[]): Reader<readonly Name[]> =>
  (value) => {
    if (value === 'none') return [];
    return value.split(',').map((item) => {
      const name = known.find((candidate) => candidate === item.trim());
      if (name === undefined) throw new TypeError(`must be none, or some of ${known.join(', ')}`);
      return name;
    });
  };

export const integer =
  (min: number, max: number): Reader<number> =>
  (value) => {
    if (!/^\d{1,15}$/.test(value) || Number(value) < min || Number(value) > max) {
      throw new TypeError(`must be a whole number from ${min} to ${max}`);
    }
    return Number(value);
  };

/** @returns milliseconds */
export const duration =
  (min: StringValue, max: StringValue): Reader<number> =>
  (value) => {
    if (!DURATION.test(value)) {
      throw new TypeError('must be a duration such as 900, 500ms, 30s, 15m, 12h or 60d');
    }
    const milliseconds = ms((/\d$/.test(value) ? `${value}s` : value) as StringValue);
    if (milliseconds < ms(min) || milliseconds > ms(max))
      throw new TypeError(`must be from ${min} to ${max}`);
    return milliseconds;
  };

/** `none` stands for no limit. */
export const orNone =
  (read: Reader<number>): Reader<number> =>
  (value) =>
    value === 'none' ? Number.POSITIVE_INFINITY : read(value);

export const serverUrl =
  (...protocols: string[]): Reader<string> =>
  (value) => {
    if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
      // Does not repeat the value, which may contain a password.
      throw new TypeError(`must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`);
    }
    requireEscapedPercent(value);
    return value;
  };

/** `redis://user:password@host:port/database`: the client ignores every other part of a URL. */
export const redisUrl: Reader<string> = (value) => {
  const url = new URL(serverUrl('redis:', 'rediss:')(value));
  if (url.hostname === '') throw new TypeError('must name a host: sockets of this machine are not supported');
  if (!/^\/?\d{0,9}$/.test(url.pathname)) {
    throw new TypeError('must have no path but the number of a database, such as /2');
  }
  return value;
};

/** `host:port`, separated by commas; IPv6 addresses are in brackets. Each counts once. */
export const hostsAndPorts: Reader<readonly { readonly host: string; readonly port: number }[]> = (value) => {
  const items = new Set(value.split(',').map((item) => item.trim()));
  return [...items].map((item) => {
    const url = URL.canParse(`redis://${item}`) ? new URL(`redis://${item}`) : null;
    if (!url?.port || url.host !== item.toLowerCase()) {
      throw new TypeError('must be a list such as redis-1.example.com:6379,redis-2.example.com:6379');
    }
    return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) };
  });
};

export const postgresUrl: Reader<string> = (value) => {
  postgresServerUrls(value);
  return value;
};

/** The special schemes of the URL standard: their origins have a canonical form, or none. */
const WEB_SCHEME = /^(https?|wss?|ftp|file):/;
/** A scheme and a host as browsers write them, in lower case; extensions have an id in place of the host. */
const APP_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+$/;

export const origin: Reader<string> = (value) => {
  const url = URL.canParse(value) ? new URL(value) : null;
  // Browsers compare origins as text: a path, a final slash, a default port, `null` or `*` would never match.
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== value || value.includes('*')) {
    throw new TypeError('must be an origin such as https://app.example.com, without a path');
  }
  return value;
};

/** Origins of pages; those of apps in a web view and of browser extensions have other schemes (`capacitor://localhost`). */
export const origins: Reader<readonly string[]> = (value) =>
  value.split(',').map((item) => pageOrigin(item.trim()));

const pageOrigin: Reader<string> = (value) =>
  APP_ORIGIN.test(value) && !WEB_SCHEME.test(value) ? value : origin(value);

export const secret: Reader<Buffer> = (value) => {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length < SECRET_MIN_BYTES) {
    throw new TypeError(`must be at least ${SECRET_MIN_BYTES} bytes; make one with: openssl rand -base64 48`);
  }
  return bytes;
};

export const trustProxy: Reader<boolean | number | string[]> = (value) => {
  if (value === 'true' || value === 'false') return value === 'true';
  if (/^\d{1,2}$/.test(value)) return Number(value);
  const addresses = value.split(',').map((address) => address.trim());
  if (!addresses.every(isNetwork)) {
    throw new TypeError('must be true, false, a number of hops, or addresses such as 10.0.0.0/8,192.168.1.1');
  }
  return addresses;
};

function isNetwork(address: string): boolean {
  const [ip = '', bits, ...rest] = address.split('/');
  const family = isIP(ip);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}

/** Strict, because it becomes a header of every mail. */
export const mailSender: Reader<string> = (value) => {
  if (!/^(?:[^\p{C}<>@"]+ <[^\p{C}\s<>@"]+@[^\p{C}\s<>@"]+>|[^\p{C}\s<>@"]+@[^\p{C}\s<>@"]+)$/u.test(value)) {
    throw new TypeError('must be an address, or a name and <address>');
  }
  return value;
};

/** Short before the `@`: a tag of 49 characters is added, and 64 are allowed. */
export const bounceAddress: Reader<string> = (value) => {
  if (!/^[a-z0-9._-]{1,15}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i.test(value)) {
    throw new TypeError('must be an address with at most 15 letters, digits, dots or hyphens before the @');
  }
  return value;
};

/** `impossible_travel:end,client_scripted:off`; a suspicion that is not listed keeps the policy's action. */
export const suspicionActions: Reader<Partial<Record<Suspicion, SuspicionAction>>> = (value) =>
  Object.fromEntries(value.split(',').map((pair) => suspicionAction(pair.trim())));

function suspicionAction(pair: string): [Suspicion, SuspicionAction] {
  const [name, wanted, ...rest] = pair.split(':');
  const suspicion = SUSPICIONS.find((known) => known === name);
  const action = SUSPICION_ACTIONS.find((known) => known === wanted);
  if (!suspicion || !action || rest.length > 0) {
    throw new TypeError(
      `must be pairs such as impossible_travel:end, of ${SUSPICIONS.join(', ')} and ${SUSPICION_ACTIONS.join(', ')}`,
    );
  }
  if (action === 'require_reauthentication' && SUSPICIONS_OF_LOGINS.includes(suspicion)) {
    throw new TypeError(`cannot require a login because of a login (${suspicion})`);
  }
  return [suspicion, action];
}

/** `off`, or one or more paths separated by commas. */
export const files: Reader<readonly string[]> = (value) =>
  value === 'off' ? [] : value.split(',').map((path) => path.trim());
