/**
 * Nothing but our own files, and nothing inline. A script that got in could still run nowhere else, send nothing
 * elsewhere, and make no markup of text (Trusted Types).
 */
const PAGE_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  // Forms are read by the script, and sent nowhere by themselves.
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** What every answer has stays (`http/security-headers.ts`), `no-store` too: a new version is there at the next visit. */
export const PAGE_HEADERS = {
  'content-security-policy': PAGE_CSP,
  // No other window gets hold of this one.
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const;

/** The name of an asset has the hash of what is in it. */
export const ASSET_HEADERS = { 'cache-control': 'public, max-age=31536000, immutable' } as const;
