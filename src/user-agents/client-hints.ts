/** What a client says about itself apart from its `User-Agent` header. Only ever shown; nothing is decided by it. */
export interface ClientHints {
  /** `Sec-CH-UA-Model`: `Pixel 8`. */
  readonly model: string | null;
  /** `Sec-CH-UA-Platform`: `Windows`. */
  readonly platform: string | null;
  /** `Sec-CH-UA-Platform-Version`: `15.0.0`. */
  readonly platformVersion: string | null;
  /** Whether the page found a touch screen: an iPad has one and its header is that of a Mac, which has none. */
  readonly hasTouch: boolean;
}

/** Sent by the page with a login: `navigator.maxTouchPoints`. */
export const TOUCH_POINTS_HEADER = 'latchkey-touch-points';

/** A string of a structured header (RFC 8941) without escapes. Anything else counts as absent. */
const TEXT = /^\s*"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,40})"\s*$/;

export function clientHints(headers: Readonly<Record<string, string | string[] | undefined>>): ClientHints {
  const text = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? (TEXT.exec(value)?.[1] ?? null) : null;
  };
  const touchPoints = headers[TOUCH_POINTS_HEADER];
  return {
    model: text('sec-ch-ua-model'),
    platform: text('sec-ch-ua-platform'),
    platformVersion: text('sec-ch-ua-platform-version'),
    hasTouch: typeof touchPoints === 'string' && /^(?:[2-9]|\d{2})$/.test(touchPoints),
  };
}
