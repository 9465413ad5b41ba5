import type { AuditEvent } from '../audit/audit-event.js';
import type { RevokedSessions } from './session-revoker.js';

/** What one call has revoked, for the audit log: one line, however many sessions it were. */
export function revocationEvent({ selection, reason, actor, count }: RevokedSessions): AuditEvent {
  const deviceIds = 'deviceIds' in selection ? selection.deviceIds : [];
  return {
    event: 'sessions_revoked',
    outcome: 'success',
    actor,
    userId: selection.userId ?? null,
    sessionId: 'sessionId' in selection ? selection.sessionId : null,
    deviceId: deviceIds.length === 1 ? deviceIds[0] : null,
    reason,
    detail: {
      count,
      ...(deviceIds.length > 1 && { device_ids: deviceIds }),
      ...('exceptSessionId' in selection && { except_session_id: selection.exceptSessionId }),
      ...('exceptDeviceId' in selection && { except_device_id: selection.exceptDeviceId }),
    },
  };
}
