import type { CutOff, EndedSession, Revocations } from '../session-store.js';

/** No id or reason is longer. */
const TEXT_MAX = 200;
/** A store may keep the numbers of a cut-off in 32 bits. */
const COUNT_MAX = 2_147_483_647;

/** The wire format; `ends` is an older name that running instances rely on. */
interface PushMessage {
  readonly from: string;
  readonly pushId: string;
  readonly ends: Revocations;
}

export interface ReadPush {
  readonly from: string;
  readonly pushId: string;
  /** What could be read. */
  readonly revocations: Revocations;
  /** `false`: entries are missing that could not be read. Each of them may have been a revocation. */
  readonly isComplete: boolean;
}

export function writePush(from: string, pushId: string, { sessions, cutOffs }: Revocations): string {
  const message: PushMessage = { from, pushId, ends: { sessions, cutOffs } };
  return JSON.stringify(message);
}

/**
 * Reads a push entry by entry, so that one that is malformed does not hide the others.
 *
 * @param isId whether a text can be the id of a session or user
 * @returns `null` if the text is no push at all
 */
export function readPush(text: string, isId: (text: string) => boolean): ReadPush | null {
  const message = parse(text);
  if (!isRecord(message) || !isText(message.from) || !isText(message.pushId) || !isRecord(message.ends))
    return null;
  const { sessions, cutOffs } = message.ends;
  if (!Array.isArray(sessions) || !Array.isArray(cutOffs)) return null;
  const isKnownId = (id: unknown): id is string => isText(id) && isId(id);
  const revocations = {
    sessions: sessions.filter((it) => isEndedSession(it, isKnownId)),
    cutOffs: cutOffs.filter((it) => isCutOff(it, isKnownId)),
  };
  const isComplete =
    revocations.sessions.length === sessions.length && revocations.cutOffs.length === cutOffs.length;
  return { from: message.from, pushId: message.pushId, revocations, isComplete };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isEndedSession(value: unknown, isId: (id: unknown) => boolean): value is EndedSession {
  return (
    isRecord(value) &&
    isId(value.sessionId) &&
    isText(value.reason) &&
    (value.endedAt === undefined || Number.isFinite(value.endedAt))
  );
}

function isCutOff(value: unknown, isId: (id: unknown) => boolean): value is CutOff {
  return (
    isRecord(value) &&
    isId(value.userId) &&
    isCount(value.rolesVersion) &&
    (value.sessionEpoch === undefined || isCount(value.sessionEpoch))
  );
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= COUNT_MAX;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= TEXT_MAX;
}
