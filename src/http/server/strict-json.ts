import { AppError } from '../../errors/app-error.js';

/** No body of this API is nested. class-transformer and class-validator, which process bodies, are recursive. */
const MAX_DEPTH = 8;

/** Keys that could give a parsed body access to prototypes. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/**
 * Parses a JSON text that must contain one object.
 *
 * Rejects what parsers treat differently or fail on: duplicate keys, keys that name prototypes, NUL and lone surrogates
 * (RFC 8259 §8.2, I-JSON RFC 7493 §2), and deep nesting.
 *
 * @throws {AppError} `malformed_body`
 */
export function parseJsonObject(text: string): object {
  let parsed: unknown;
  try {
    // V8 parses JSON without recursion, so depth is safe here.
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

/** Checks the tokens of a text that is known to be valid JSON. */
function inspect(text: string): void {
  // One entry per open bracket: the keys of the object so far, or null for an array.
  const open: (Set<string> | null)[] = [];
  let lastString = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      if (open.push(token === '{' ? new Set() : null) > MAX_DEPTH)
        throw malformed('The body is nested too deeply.');
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
  if (FORBIDDEN_KEYS.has(key)) throw malformed('The body contains a forbidden key.');
  if (keys?.has(key)) throw malformed('The body contains a duplicate key.');
  keys?.add(key);
}

function plainString(token: string): string {
  const value = token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
  if (value.includes('\0') || !value.isWellFormed()) {
    throw malformed('A string in the body contains NUL or a lone surrogate.');
  }
  return value;
}

function malformed(detail: string, cause?: unknown): AppError {
  return new AppError('malformed_body', { detail, cause });
}
