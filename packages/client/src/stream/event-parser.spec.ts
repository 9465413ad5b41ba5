import { EventParser } from './event-parser.js';

const CHANGED = { type: 'changed', data: '{}' };

describe('EventParser', () => {
  it('completes an event that arrives in parts', () => {
    const parser = new EventParser();
    const parts = ['event: cha', 'nged\nda', 'ta: {}\n', '\nevent: changed\ndata: {}\n\n'];
    expect(parts.map((part) => parser.add(part))).toEqual([[], [], [], [CHANGED, CHANGED]]);
  });

  it('skips comments and blocks without data', () => {
    expect(new EventParser().add('retry: 1000\n\n: hello\n\nevent: changed\ndata: {}\n\n')).toEqual([
      CHANGED,
    ]);
  });

  it('accepts the line ends of a proxy', () => {
    expect(new EventParser().add('event: changed\r\ndata: {}\r\n\r\n')).toEqual([CHANGED]);
  });
});
