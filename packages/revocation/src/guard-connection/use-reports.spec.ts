import { ManualClock } from '../../testing/manual-clock.js';
import { readGuardMessage } from './guard-messages.js';
import type { ReportedUse } from './messages.js';
import { UseReports } from './use-reports.js';

describe('UseReports', () => {
  let clock: ManualClock;
  let reports: UseReports;
  let messages: (readonly ReportedUse[])[];

  const send = (text: string) => {
    const message = readGuardMessage(text);
    if (message?.type !== 'use') throw new Error(`not a report: ${text}`);
    messages.push(message.uses);
  };
  const note = (sessionId: string, generation = 0, address?: string, userAgent?: string) =>
    reports.note(reports.of(sessionId), generation, address, userAgent);
  const reported = () => messages.splice(0).flat();

  beforeEach(() => {
    clock = new ManualClock();
    reports = new UseReports(clock);
    messages = [];
    reports.connected(send);
  });

  it('report a session once, however often it was used, with its last use', () => {
    note('a');
    note('b');
    clock.pass(2_000);
    note('a');
    reports.flush();
    expect(reported()).toEqual([
      { sessionId: 'a', agoMs: 0, generation: 0 },
      { sessionId: 'b', agoMs: 2_000, generation: 0 },
    ]);
    reports.flush();
    expect(reported()).toEqual([]);
  });

  it('report a session once that became urgent while it waited', () => {
    note('a', 0);
    note('a', 1);
    reports.flush();
    expect(reported()).toMatchObject([{ sessionId: 'a', generation: 1 }]);
    note('a', 1);
    reports.flush();
    expect(reported()).toMatchObject([{ sessionId: 'a', generation: 1 }]);
  });

  it('name a client once for all tokens of a session, and again when it changes', () => {
    note('a', 0, '192.0.2.1', 'Firefox');
    reports.flush();
    note('a', 1, '192.0.2.1', 'Firefox');
    reports.flush();
    note('a', 1, '192.0.2.2', 'Firefox');
    reports.flush();
    expect(reported()).toEqual([
      { sessionId: 'a', agoMs: 0, generation: 0, address: '192.0.2.1', userAgent: 'Firefox' },
      { sessionId: 'a', agoMs: 0, generation: 1 },
      { sessionId: 'a', agoMs: 0, generation: 1, address: '192.0.2.2', userAgent: 'Firefox' },
    ]);
  });

  it('wait while no parent is connected', () => {
    reports.disconnected();
    note('a', 0, '192.0.2.1');
    note('a');
    reports.flush();
    reports.connected(send);
    reports.flush();
    expect(reported()).toMatchObject([{ sessionId: 'a', address: '192.0.2.1' }]);
  });

  it('are dropped beyond their limit, and taken again after a report', () => {
    for (let session = 0; session <= 100_000; session++) note(`s${session}`, -1);
    reports.flush();
    expect(reported()).toHaveLength(100_000);
    note('s100000', -1);
    reports.flush();
    expect(reported()).toMatchObject([{ sessionId: 's100000', generation: 0 }]);
  });

  it('are split into messages of bounded size', () => {
    for (let session = 0; session < 100; session++) note(`s${session}`);
    reports.flush();
    expect(messages.map(({ length }) => length)).toEqual([80, 20]);
  });
});
