import { auditLine } from './audit-line.js';

const NOW = new Date('2026-03-01T10:00:00.123Z');
const EVENT = { event: 'login', outcome: 'success', actor: 'anonymous', userId: null } as const;

describe('a line of the audit log', () => {
  it('has every member, null for what is not known', () => {
    expect(JSON.parse(auditLine(EVENT, null, NOW))).toEqual({
      time: '2026-03-01T10:00:00.123Z',
      event: 'login',
      outcome: 'success',
      actor: 'anonymous',
      user_id: null,
      session_id: null,
      device_id: null,
      reason: null,
      address: null,
      user_agent: null,
      request_id: null,
      trace_id: null,
      detail: {},
    });
  });

  it('names the client of the event rather than that of the request', () => {
    const request = { address: '192.0.2.1', userAgent: 'proxy', requestId: 'r-1', trace: null };
    const client = { address: '192.0.2.2', userAgent: 'phone' };
    expect(JSON.parse(auditLine({ ...EVENT, client }, request, NOW))).toMatchObject({
      address: '192.0.2.2',
      user_agent: 'phone',
      request_id: 'r-1',
    });
  });

  it('stays one line of plain text, whatever a client calls itself', () => {
    const name = 'a\nb\u009b31m\u2028\u202e\u{e0001}';
    const line = auditLine({ ...EVENT, detail: { device: name } }, null, NOW);
    expect(line).toMatch(/^[^\n]+\n$/);
    expect(line.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(line).detail.device).toBe(name);
  });

  it('contains no token that a client has put into a name', () => {
    const token = 'lkr_AaIaQdwNdgCD1zNB1WI2r11yB3E8D5Uf';
    const line = auditLine({ ...EVENT, detail: { device: `my "${token}"` } }, null, NOW);
    expect(JSON.parse(line).detail.device).toBe('my "[token]"');
  });
});
