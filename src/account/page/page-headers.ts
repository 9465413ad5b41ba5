/**
 * Allows only the service's own files, and nothing inline. An injected script could not load further scripts, send data
 * to another origin, or turn text into markup (Trusted Types).
 */
const PAGE_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  // The script reads the forms; the browser must not submit them.
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/**
 * Added to the headers of every response (`http/server/security-headers.ts`). Its `no-store` applies here too, so each
 * visit loads the latest version.
 */
export const PAGE_HEADERS = {
  'content-security-policy': PAGE_CSP,
  // The document is in the language of the visitor.
  vary: 'accept-encoding, accept-language, cookie',
  // Windows of other origins get no reference to this one.
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  // Chromium sends these with the login, which names the device. Not critical hints, for which it would load the page twice.
  'accept-ch': 'Sec-CH-UA-Model, Sec-CH-UA-Platform-Version',
} as const;

/** The name of an asset contains a hash of its content. */
export const ASSET_HEADERS = { 'cache-control': 'public, max-age=31536000, immutable' } as const;
