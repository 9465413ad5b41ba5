import { revocationEvent } from './revocation-event.js';

describe('revocationEvent', () => {
  const of = (selection: Parameters<typeof revocationEvent>[0]['selection']) =>
    revocationEvent({ selection, reason: 'logout', actor: 'user', count: 2 });

  it('names the session, without a user if only the session is known', () => {
    expect(of({ sessionId: 's' })).toEqual({
      event: 'sessions_revoked',
      outcome: 'success',
      actor: 'user',
      userId: null,
      sessionId: 's',
      deviceId: null,
      reason: 'logout',
      detail: { count: 2 },
    });
  });

  it('names one device by itself, and several in the details', () => {
    expect(of({ userId: 'u', deviceIds: ['d'] })).toMatchObject({ deviceId: 'd', detail: { count: 2 } });
    expect(of({ userId: 'u', deviceIds: ['d', 'e'] })).toMatchObject({
      ...{ userId: 'u', deviceId: null },
      detail: { count: 2, device_ids: ['d', 'e'] },
    });
  });

  it('says what was kept', () => {
    expect(of({ userId: 'u', exceptSessionId: 's' }).detail).toEqual({ count: 2, except_session_id: 's' });
    expect(of({ userId: 'u', exceptDeviceId: 'd' }).detail).toEqual({ count: 2, except_device_id: 'd' });
  });
});
