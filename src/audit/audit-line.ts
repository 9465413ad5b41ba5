import { withoutTokens } from '../logging/log-text.js';
import type { AuditEvent, AuditedRequest } from './audit-event.js';

const USER_AGENT_MAX_LENGTH = 256;

/** One line of JSON. Every line has the same members in the same order, `null` for what is not known. */
export function auditLine(event: AuditEvent, request: AuditedRequest | null, now: Date): string {
  const client = event.client ?? request;
  const line = {
    time: now.toISOString(),
    event: event.event,
    outcome: event.outcome,
    actor: event.actor,
    user_id: event.userId,
    session_id: event.sessionId ?? null,
    device_id: event.deviceId ?? null,
    reason: event.reason ?? null,
    address: client?.address ?? null,
    user_agent: client?.userAgent?.slice(0, USER_AGENT_MAX_LENGTH) || null,
    request_id: request?.requestId ?? null,
    trace_id: request?.trace?.traceId ?? null,
    detail: event.detail ?? {},
  };
  // A client chooses its user agent and the name of its device.
  return `${escaped(withoutTokens(JSON.stringify(line)))}\n`;
}

/** JSON leaves characters as they are that change what a terminal shows, such as U+009B. */
function escaped(json: string): string {
  return json.replace(/[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
