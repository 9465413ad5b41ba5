import { readPush, writePush } from './push-message.js';

const isId = (text: string) => /^[su]\d+$/.test(text);
const read = (text: string) => readPush(text, isId);

describe('a push message', () => {
  const session = { sessionId: 's1', reason: 'logout', endedAt: 5 };
  const cutOff = { userId: 'u1', rolesVersion: 3 };

  it('is read as it was written', () => {
    const revocations = { sessions: [session, { sessionId: 's2', reason: 'expired' }], cutOffs: [cutOff] };
    expect(read(writePush('instance', '7', revocations))).toEqual({
      from: 'instance',
      pushId: '7',
      revocations,
      isComplete: true,
    });
  });

  it.each([
    ['an id that no session has', { sessions: [{ ...session, sessionId: "'; DROP" }] }],
    ['no reason', { sessions: [{ sessionId: 's2' }] }],
    ['a reason that is too long', { sessions: [{ ...session, reason: 'x'.repeat(201) }] }],
    ['an instant that is a text', { sessions: [{ ...session, endedAt: '5' }] }],
    ['a number', { sessions: [7] }],
    ['nothing', { sessions: [null] }],
    ['a user id that no user has', { cutOffs: [{ ...cutOff, userId: 's' }] }],
    ['a version that is a text', { cutOffs: [{ ...cutOff, rolesVersion: '3' }] }],
    ['a version that is negative', { cutOffs: [{ ...cutOff, rolesVersion: -1 }] }],
    ['a version that is a fraction', { cutOffs: [{ ...cutOff, rolesVersion: 0.5 }] }],
    ['a version of more than 32 bits', { cutOffs: [{ ...cutOff, rolesVersion: 2 ** 31 }] }],
  ])('keeps the other entries when one has %s', (_, bad: { sessions?: unknown[]; cutOffs?: unknown[] }) => {
    const ends = {
      sessions: [...(bad.sessions ?? []), session],
      cutOffs: [...(bad.cutOffs ?? []), cutOff],
    };
    expect(read(JSON.stringify({ from: 'instance', pushId: '7', ends }))).toMatchObject({
      revocations: { sessions: [session], cutOffs: [cutOff] },
      isComplete: false,
    });
  });

  it.each([
    'nonsense',
    '',
    'null',
    '[]',
    '{}',
    '{"from":"x","pushId":"1"}',
    '{"from":"x","pushId":1,"ends":{"sessions":[],"cutOffs":[]}}',
    '{"from":"","pushId":"1","ends":{"sessions":[],"cutOffs":[]}}',
    '{"from":"x","pushId":"1","ends":{"sessions":{},"cutOffs":[]}}',
  ])('is not %s', (text) => {
    expect(read(text)).toBeNull();
  });
});
