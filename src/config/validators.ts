import { isIP } from 'node:net';
import { makeValidator } from 'envalid';
import { MAILABLE_EVENTS, type MailableEvent } from '../policy/mailed-events.js';
import {
  SENSITIVE_ACTIONS,
  type SensitiveAction,
  type SessionPolicy,
  SUSPICION_ACTIONS,
  SUSPICIONS,
  SUSPICIONS_OF_LOGINS,
} from '../policy/session-policy.js';
import { parseDuration } from './duration.js';

const SECRET_MIN_BYTES = 32;

const wholeNumber = (min: number, max: number) => (text: string) => {
  if (!/^\d{1,15}$/.test(text) || Number(text) < min || Number(text) > max) {
    throw new TypeError(`must be a whole number from ${min} to ${max}`);
  }
  return Number(text);
};

const durationBetween = (min: string, max: string) => (text: string) => {
  const ms = parseDuration(text);
  if (ms < parseDuration(min) || ms > parseDuration(max)) {
    throw new TypeError(`must be from ${min} to ${max}`);
  }
  return ms;
};

/** `none` lifts a limit. */
const orNone = (read: (text: string) => number) => (text: string) =>
  text === 'none' ? Number.POSITIVE_INFINITY : read(text);

export const integer = (min: number, max: number) => makeValidator<number>(wholeNumber(min, max));
export const integerOrNone = (min: number, max: number) =>
  makeValidator<number>(orNone(wholeNumber(min, max)));
export const duration = (min: string, max: string) => makeValidator<number>(durationBetween(min, max));
export const durationOrNone = (min: string, max: string) =>
  makeValidator<number>(orNone(durationBetween(min, max)));

export const flag = makeValidator<boolean>((text) => {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new TypeError('must be true or false');
});

export const serverUrl = (...protocols: string[]) =>
  makeValidator<string>((text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !protocols.includes(url.protocol)) {
      // The value is not repeated: it may hold a password.
      throw new TypeError(`must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`);
    }
    return text;
  });

const exactOrigin = (text: string) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  // `null`, a path, a final slash, a default port or `*`, which a URL may hold, never equals what a browser sends.
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== text || text.includes('*')) {
    throw new TypeError('must be an origin such as https://app.example.com, without a path');
  }
  return text;
};

export const origin = makeValidator<string>(exactOrigin);
export const origins = makeValidator<readonly string[]>((text) =>
  text.split(',').map((item) => exactOrigin(item.trim())),
);

export const secret = makeValidator<Buffer>((text) => {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length < SECRET_MIN_BYTES) {
    throw new TypeError(`must be at least ${SECRET_MIN_BYTES} bytes; make one with: openssl rand -base64 48`);
  }
  return bytes;
});

export const trustProxy = makeValidator<boolean | number | string[]>((text) => {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const addresses = text.split(',').map((address) => address.trim());
  for (const address of addresses) {
    const [ip = '', bits, ...rest] = address.split('/');
    const family = isIP(ip);
    const bitsOk =
      bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
    if (family === 0 || !bitsOk || rest.length > 0) {
      throw new TypeError(
        'must be true, false, a number of hops, or addresses such as 10.0.0.0/8,192.168.1.1',
      );
    }
  }
  return addresses;
});

export const sensitiveActions = makeValidator<readonly SensitiveAction[]>((text) => {
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const action = SENSITIVE_ACTIONS.find((known) => known === name.trim());
    if (!action) throw new TypeError(`must be none, or some of ${SENSITIVE_ACTIONS.join(', ')}`);
    return action;
  });
});

export const mailedEvents = makeValidator<readonly MailableEvent[]>((text) => {
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const event = MAILABLE_EVENTS.find((known) => known === name.trim());
    if (!event) throw new TypeError(`must be none, or some of ${MAILABLE_EVENTS.join(', ')}`);
    return event;
  });
});

/** Strict, since it goes into a header of every mail. */
export const mailSender = makeValidator<string>((text) => {
  if (!/^(?:[^\p{C}<>@"]+ <[^\p{C}\s<>@"]+@[^\p{C}\s<>@"]+>|[^\p{C}\s<>@"]+@[^\p{C}\s<>@"]+)$/u.test(text)) {
    throw new TypeError('must be an address, or a name and <address>');
  }
  return text;
});

/** `impossible_travel:end,client_scripted:off`; what is not named stays as the preset has it. */
export const suspicionActions = makeValidator<Partial<SessionPolicy['suspicionActions']>>((text) =>
  Object.fromEntries(
    text.split(',').map((pair) => {
      const [name, wanted] = pair.trim().split(':');
      const suspicion = SUSPICIONS.find((known) => known === name);
      const action = SUSPICION_ACTIONS.find((known) => known === wanted);
      if (!suspicion || !action || pair.trim().split(':').length !== 2) {
        throw new TypeError(
          `must be pairs such as impossible_travel:end, of ${SUSPICIONS.join(', ')} and ${SUSPICION_ACTIONS.join(', ')}`,
        );
      }
      if (action === 'require_reauthentication' && SUSPICIONS_OF_LOGINS.includes(suspicion)) {
        throw new TypeError(`cannot ask for a login because of a login (${suspicion})`);
      }
      return [suspicion, action];
    }),
  ),
);

/** `off`, or one file or several. */
export const files = makeValidator<readonly string[]>((text) =>
  text === 'off' ? [] : text.split(',').map((path) => path.trim()),
);
