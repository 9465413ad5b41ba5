import type { Answer, AnswerState, Ends, Hello, ParentMessage } from './messages.js';
import { ProtocolError, USUAL_REPORT_MS } from './messages.js';
import {
  type Json,
  listOf,
  optionalCount,
  optionalText,
  readJson,
  requireCount,
  requireText,
  textsOf,
} from './read-fields.js';

const STATES: ReadonlySet<string> = new Set<AnswerState>([
  'active',
  'ended',
  'stale',
  'needs_login',
  'unavailable',
]);

export function writeHello({
  instance,
  leaseMs,
  marginMs,
  windowMs,
  tokenLifetimeMs,
  reportMs,
}: Omit<Hello, 'type'>): string {
  return JSON.stringify({
    type: 'hello',
    instance,
    lease: leaseMs,
    margin: marginMs,
    window: windowMs,
    token_lifetime: tokenLifetimeMs,
    report: reportMs,
  });
}

export function writeSnapshot(ends: Ends, isLast: boolean): string {
  return JSON.stringify({ type: 'snapshot', last: isLast, ...wireEnds(ends) });
}

/**
 * Writes ends for many connections: only the number differs, so the rest is written once.
 *
 * @returns the message with a given number
 */
export function writeEnds(ends: Ends): (seq: number) => string {
  const rest = JSON.stringify(wireEnds(ends)).slice(1);
  return (seq) => `{"type":"ends","seq":${seq},${rest}`;
}

export function writePong(n: number, remainingMs: number): string {
  return JSON.stringify({ type: 'pong', n, r: remainingMs });
}

export function writeAnswers(answers: readonly Answer[]): string {
  return JSON.stringify({ type: 'answers', answers });
}

export const BYE = JSON.stringify({ type: 'bye' });

/**
 * @returns `null` for a type of message that this version does not know
 * @throws {ProtocolError}
 */
export function readParentMessage(text: string): ParentMessage | null {
  const json = readJson(text);
  switch (json.type) {
    case 'hello':
      return {
        type: 'hello',
        instance: requireText(json, 'instance'),
        leaseMs: requireCount(json, 'lease'),
        marginMs: requireCount(json, 'margin'),
        windowMs: requireCount(json, 'window'),
        tokenLifetimeMs: requireCount(json, 'token_lifetime'),
        // Earlier versions of the service do not say it.
        reportMs: json.report === undefined ? USUAL_REPORT_MS : requireCount(json, 'report'),
      };
    case 'snapshot':
      return { type: 'snapshot', ends: readEnds(json), isLast: json.last === true };
    case 'ends':
      return { type: 'ends', seq: requireCount(json, 'seq'), ends: readEnds(json) };
    case 'pong':
      return { type: 'pong', n: requireCount(json, 'n'), remainingMs: requireCount(json, 'r') };
    case 'answers':
      return { type: 'answers', answers: listOf(json, 'answers', readAnswer) };
    case 'bye':
      return { type: 'bye' };
    default:
      return null;
  }
}

function wireEnds({ sessions, cutOffs, changed }: Ends): Json {
  return {
    sessions:
      sessions.length > 0 ? sessions.map(({ sessionId, reason }) => ({ sid: sessionId, reason })) : undefined,
    cutoffs:
      cutOffs.length > 0
        ? cutOffs.map(({ userId, sessionEpoch = 0, rolesVersion }) => ({
            sub: userId,
            session_epoch: sessionEpoch,
            roles_version: rolesVersion,
          }))
        : undefined,
    changed: changed.length > 0 ? changed : undefined,
  };
}

function readEnds(json: Json): Ends {
  return {
    sessions: listOf(json, 'sessions', (it) => ({
      sessionId: requireText(it, 'sid'),
      reason: requireText(it, 'reason'),
    })),
    cutOffs: listOf(json, 'cutoffs', (it) => ({
      userId: requireText(it, 'sub'),
      sessionEpoch: optionalCount(it, 'session_epoch'),
      rolesVersion: optionalCount(it, 'roles_version'),
    })),
    changed: textsOf(json, 'changed'),
  };
}

function readAnswer(json: Json): Answer {
  const state = requireText(json, 'state');
  if (!isState(state)) throw new ProtocolError('state is not known');
  const reason = optionalText(json, 'reason');
  return { id: requireCount(json, 'id'), state, ...(reason === undefined ? {} : { reason }) };
}

function isState(text: string): text is AnswerState {
  return STATES.has(text);
}
