import { readGuardMessage, writeAsk, writePing, writeUse } from './guard-messages.js';
import { ProtocolError } from './messages.js';
import {
  readParentMessage,
  writeAnswers,
  writeEnds,
  writeHello,
  writePong,
  writeSnapshot,
} from './parent-messages.js';

const ENDS = {
  sessions: [{ sessionId: 's', reason: 'logout' }],
  cutOffs: [{ userId: 'u', sessionEpoch: 4, rolesVersion: 9 }],
  changed: ['t'],
};

describe('Messages of the guard protocol', () => {
  it('are written with the names of the documentation', () => {
    expect(JSON.parse(writeEnds(ENDS)(7))).toEqual({
      type: 'ends',
      seq: 7,
      sessions: [{ sid: 's', reason: 'logout' }],
      cutoffs: [{ sub: 'u', session_epoch: 4, roles_version: 9 }],
      changed: ['t'],
    });
    const terms = { instance: 'a', leaseMs: 1, marginMs: 2, windowMs: 3, tokenLifetimeMs: 4, reportMs: 5 };
    expect(JSON.parse(writeHello(terms))).toEqual({
      type: 'hello',
      instance: 'a',
      lease: 1,
      margin: 2,
      window: 3,
      token_lifetime: 4,
      report: 5,
    });
    expect(writePong(3, 2_000)).toBe('{"type":"pong","n":3,"r":2000}');
    expect(writePing(3)).toBe('{"type":"ping","n":3}');
  });

  it('are read as they were written by a parent', () => {
    const terms = {
      ...{ type: 'hello', instance: 'a', leaseMs: 1, marginMs: 2, windowMs: 3 },
      ...{ tokenLifetimeMs: 4, reportMs: 5 },
    };
    expect(readParentMessage(writeHello(terms))).toEqual(terms);
    const earlier = '{"type":"hello","instance":"a","lease":1,"margin":2,"window":3,"token_lifetime":4}';
    expect(readParentMessage(earlier)).toEqual({ ...terms, reportMs: 5_000 });
    expect(readParentMessage(writeEnds(ENDS)(7))).toEqual({ type: 'ends', seq: 7, ends: ENDS });
    expect(readParentMessage(writeSnapshot(ENDS, true))).toEqual({
      type: 'snapshot',
      ends: ENDS,
      isLast: true,
    });
    const answers = [{ id: 1, state: 'ended' as const, reason: 'logout' }];
    expect(readParentMessage(writeAnswers(answers))).toEqual({ type: 'answers', answers });
  });

  it('are read as they were written by a guard', () => {
    const question = { id: 1, sessionId: 's', userId: 'u', sessionEpoch: 4, rolesVersion: 9, generation: 2 };
    expect(readGuardMessage(writeAsk([question]))).toEqual({ type: 'ask', questions: [question] });
    const use = { sessionId: 's', agoMs: 5, generation: 2, address: '192.0.2.1', userAgent: 'Firefox' };
    expect(readGuardMessage(writeUse([use]))).toEqual({ type: 'use', uses: [use] });
    const { address, userAgent, ...known } = use;
    expect(readGuardMessage(writeUse([known]))).toEqual({ type: 'use', uses: [known] });
  });

  it('have at most the length that the other end accepts', () => {
    const use = {
      sessionId: 's'.repeat(36),
      agoMs: 5_000,
      generation: 2,
      address: '1'.repeat(80),
      userAgent: 'é'.repeat(900),
    };
    const text = writeUse(Array.from({ length: 50 }, () => use));
    expect(Buffer.byteLength(text)).toBeLessThan(64 * 1024);
    expect(readGuardMessage(text)).not.toBeNull();
  });

  it.each([
    ['no JSON', 'ping'],
    ['no object', '7'],
    ['a list', '[]'],
    ['a ping without a number', '{"type":"ping"}'],
    ['a negative number', '{"type":"ack","seq":-1}'],
    ['a fraction', '{"type":"ack","seq":1.5}'],
    ['questions that are no list', '{"type":"ask","questions":{}}'],
    ['a question without a session', '{"type":"ask","questions":[{"id":1,"sub":"u"}]}'],
    [
      'more questions than allowed',
      JSON.stringify({ type: 'ask', questions: Array.from({ length: 501 }, () => ({})) }),
    ],
    [
      'a use whose session is too long',
      JSON.stringify({ type: 'use', sessions: [{ sid: 's'.repeat(201), ago: 0 }] }),
    ],
  ])('are refused: %s', (_what, text) => {
    expect(() => readGuardMessage(text)).toThrow(ProtocolError);
  });

  it('are ignored when their type is not known', () => {
    expect([readGuardMessage('{"type":"news"}'), readParentMessage('{"type":"news"}')]).toEqual([null, null]);
  });
});
