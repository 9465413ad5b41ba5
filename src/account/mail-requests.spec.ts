import { jest } from '@jest/globals';
import { MailRequests } from './mail-requests.js';

const MINUTES_15 = 15 * 60_000;

describe('MailRequests', () => {
  afterEach(() => jest.useRealTimers());

  it('lets one mailbox have three mails in 15 minutes and ten in a day, of each kind', async () => {
    jest.useFakeTimers();
    const requests = new MailRequests({ perAccount: 10, perAddress: 100, windowSeconds: 900 }, null, '');
    const asked: boolean[] = [];
    for (let round = 0; round < 6; round++) {
      for (let times = 0; times < 4; times++) asked.push(await requests.hasRoom('reset', 'a@example.com'));
      jest.advanceTimersByTime(MINUTES_15 + 1_000);
    }
    expect(asked.filter(Boolean)).toHaveLength(10);
    expect(asked.slice(0, 4)).toEqual([true, true, true, false]);
    expect(await requests.hasRoom('confirm', 'a@example.com')).toBe(true);
    expect(await requests.hasRoom('reset', 'b@example.com')).toBe(true);
    jest.advanceTimersByTime(24 * 3_600_000);
    expect(await requests.hasRoom('reset', 'a@example.com')).toBe(true);
  });
});
