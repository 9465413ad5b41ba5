import type { GuardMessage, Question, ReportedUse } from './messages.js';
import {
  type Json,
  listOf,
  optionalCount,
  optionalText,
  readJson,
  requireCount,
  requireText,
} from './read-fields.js';

/** Longer user agents are cut by the service as well. */
const MAX_USER_AGENT = 512;
const MAX_ADDRESS = 64;

export function writePing(n: number): string {
  return JSON.stringify({ type: 'ping', n });
}

export function writeAck(seq: number): string {
  return JSON.stringify({ type: 'ack', seq });
}

export function writeAsk(questions: readonly Question[]): string {
  return JSON.stringify({ type: 'ask', questions: questions.map(wireQuestion) });
}

export function writeUse(uses: readonly ReportedUse[]): string {
  return JSON.stringify({ type: 'use', sessions: uses.map(wireUse) });
}

/**
 * @returns `null` for a type of message that this version does not know
 * @throws {ProtocolError}
 */
export function readGuardMessage(text: string): GuardMessage | null {
  const json = readJson(text);
  switch (json.type) {
    case 'ping':
      return { type: 'ping', n: requireCount(json, 'n') };
    case 'ack':
      return { type: 'ack', seq: requireCount(json, 'seq') };
    case 'ask':
      return { type: 'ask', questions: listOf(json, 'questions', readQuestion) };
    case 'use':
      return { type: 'use', uses: listOf(json, 'sessions', readUse) };
    case 'bye':
      return { type: 'bye' };
    default:
      return null;
  }
}

function wireQuestion({ id, sessionId, userId, sessionEpoch, rolesVersion, generation }: Question): Json {
  return {
    id,
    sid: sessionId,
    sub: userId,
    generation,
    session_epoch: sessionEpoch,
    roles_version: rolesVersion,
  };
}

function readQuestion(json: Json): Question {
  return {
    id: requireCount(json, 'id'),
    sessionId: requireText(json, 'sid'),
    userId: requireText(json, 'sub'),
    generation: optionalCount(json, 'generation'),
    sessionEpoch: optionalCount(json, 'session_epoch'),
    rolesVersion: optionalCount(json, 'roles_version'),
  };
}

function wireUse({ sessionId, agoMs, generation, address, userAgent }: ReportedUse): Json {
  return {
    sid: sessionId,
    ago: agoMs,
    generation,
    address: address?.slice(0, MAX_ADDRESS),
    agent: userAgent?.slice(0, MAX_USER_AGENT),
  };
}

function readUse(json: Json): ReportedUse {
  const address = optionalText(json, 'address', MAX_ADDRESS);
  const userAgent = optionalText(json, 'agent', MAX_USER_AGENT);
  return {
    sessionId: requireText(json, 'sid'),
    agoMs: requireCount(json, 'ago'),
    generation: optionalCount(json, 'generation'),
    ...(address === undefined ? {} : { address }),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}
