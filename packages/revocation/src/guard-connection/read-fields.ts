import { MAX_ENTRIES, ProtocolError } from './messages.js';

// Readers for the members of a message. Each throws a `ProtocolError` that names the member.

/** No id or reason is longer. */
const MAX_TEXT = 200;

export type Json = Readonly<Record<string, unknown>>;

export function readJson(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError('the message is not JSON', { cause });
  }
  return requireRecord(value, 'message');
}

export function requireText(from: Json, member: string, maxLength = MAX_TEXT): string {
  const value = from[member];
  if (typeof value !== 'string' || value === '' || value.length > maxLength) throw invalid(member);
  return value;
}

export function optionalText(from: Json, member: string, maxLength = MAX_TEXT): string | undefined {
  return from[member] === undefined ? undefined : requireText(from, member, maxLength);
}

/** A whole number, at least 0. */
export function requireCount(from: Json, member: string): number {
  const value = from[member];
  if (!Number.isSafeInteger(value) || Number(value) < 0) throw invalid(member);
  return Number(value);
}

export function optionalCount(from: Json, member: string): number {
  return from[member] === undefined ? 0 : requireCount(from, member);
}

/** A list that may be absent. */
export function listOf<T>(from: Json, member: string, read: (entry: Json) => T): T[] {
  return entries(from, member).map((entry) => read(requireRecord(entry, member)));
}

export function textsOf(from: Json, member: string): string[] {
  return entries(from, member).map((entry) => requireText({ [member]: entry }, member));
}

function entries(from: Json, member: string): readonly unknown[] {
  const value = from[member] ?? [];
  if (!Array.isArray(value) || value.length > MAX_ENTRIES) throw invalid(member);
  return value;
}

function requireRecord(value: unknown, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(name);
  return value as Json;
}

function invalid(member: string): ProtocolError {
  return new ProtocolError(`${member} is missing or malformed`);
}
