import { closeReason } from './close-socket.js';

describe('closeReason', () => {
  it('is a JSON object of the code and the reason', () => {
    expect(closeReason({ code: 'session_revoked', reason: 'logout' })).toBe(
      '{"code":"session_revoked","reason":"logout"}',
    );
  });

  it('leaves out a reason for which a close frame has no room', () => {
    const reason = 'ä'.repeat(60);
    expect(closeReason({ code: 'session_revoked', reason })).toBe('{"code":"session_revoked"}');
  });
});
