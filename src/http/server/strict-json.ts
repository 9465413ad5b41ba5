import { AppError } from '../../errors/app-error.js';

/** No body of this API is nested at all; what reads bodies (class-transformer, class-validator) recurses. */
const MAX_DEPTH = 8;

/** Keys by which a parsed body could reach into prototypes. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/**
 * Parses a JSON text into the one object it must hold.
 *
 * Refuses what parsers disagree about or trip over: a key given twice, keys that name prototypes, NUL and lone
 * surrogates (RFC 8259 §8.2, I-JSON RFC 7493 §2), and depth.
 *
 * @throws {AppError} `malformed_body`
 */
export function parseJsonObject(text: string): object {
  let parsed: unknown;
  try {
    // V8 parses JSON without recursion: depth is no danger yet.
    parsed = JSON.parse(text);
  } catch (cause) {
    throw malformed('The body is not valid JSON.', cause);
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw malformed('The body must be a JSON object.');
  }
  inspect(text);
  return parsed;
}

/** Walks the tokens of a text that is known to be valid JSON. */
function inspect(text: string): void {
  // One entry per open bracket: the keys of an object so far, or null for an array.
  const open: (Set<string> | null)[] = [];
  let lastString = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      if (open.push(token === '{' ? new Set() : null) > MAX_DEPTH)
        throw malformed('The body is nested too deep.');
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ':') {
      addKey(open.at(-1), lastString);
    } else {
      lastString = plainString(token);
    }
  }
}

function addKey(keys: Set<string> | null | undefined, key: string): void {
  if (FORBIDDEN_KEYS.has(key)) throw malformed('The body holds a forbidden key.');
  if (keys?.has(key)) throw malformed('The body holds a key twice.');
  keys?.add(key);
}

function plainString(token: string): string {
  const value = token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
  if (value.includes('\0') || !value.isWellFormed()) {
    throw malformed('A text in the body holds NUL or a lone surrogate.');
  }
  return value;
}

function malformed(detail: string, cause?: unknown): AppError {
  return new AppError('malformed_body', { detail, cause });
}
