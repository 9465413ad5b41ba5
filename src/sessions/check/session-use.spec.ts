import { SessionUse } from './session-use.js';

const PHONE = { address: '192.0.2.1', userAgent: 'phone' };

describe('SessionUse', () => {
  it('starts without a grant, a client or a use', () => {
    const use = new SessionUse();
    expect([use.grantedAt, use.address, use.isBy({ address: '', userAgent: '' })]).toEqual([0, null, false]);
  });

  it('knows the client that was accepted last, by address and user agent', () => {
    const use = new SessionUse();
    use.accept(PHONE);
    expect(use.isBy({ ...PHONE })).toBe(true);
    expect(use.isBy({ ...PHONE, address: '192.0.2.2' })).toBe(false);
    expect(use.isBy({ ...PHONE, userAgent: 'curl' })).toBe(false);
    use.accept({ ...PHONE, userAgent: 'curl' });
    expect([use.isBy(PHONE), use.address]).toEqual([false, '192.0.2.1']);
  });

  it('does not accept a client by a grant alone', () => {
    const use = new SessionUse();
    use.accept(PHONE);
    use.grant(7);
    expect([use.grantedAt, use.isBy(PHONE)]).toEqual([7, true]);
  });

  it('is queued once for many uses, and writes the last one', () => {
    const use = new SessionUse();
    expect(use.note(100, '192.0.2.1')).toBe(true);
    use.queued();
    expect(use.note(200, '192.0.2.2')).toBe(false);
    use.dequeued();
    expect(use.toWrite(250)).toEqual({ ageMs: 50, pollAgeMs: null, address: '192.0.2.2' });
    expect(use.note(300, '192.0.2.3')).toBe(true);
  });

  it('may not know the user agent of a client, and then goes by the address', () => {
    const use = new SessionUse();
    use.accept(PHONE);
    expect(use.isBy({ ...PHONE, userAgent: null })).toBe(true);
    expect(use.isBy({ address: '192.0.2.2', userAgent: null })).toBe(false);
    use.accept({ address: '192.0.2.2', userAgent: null });
    // Whoever sends no header is not the same as a client whose header was dropped.
    expect(use.isBy({ address: '192.0.2.2', userAgent: '' })).toBe(false);
    expect(use.address).toBe('192.0.2.2');
  });

  it('keeps the last use when an earlier one is reported', () => {
    const use = new SessionUse();
    use.grant(200);
    use.grant(100);
    use.note(200, '192.0.2.1');
    use.note(100, '192.0.2.2');
    expect(use.grantedAt).toBe(200);
    expect(use.toWrite(250)).toEqual({ ageMs: 50, pollAgeMs: null, address: '192.0.2.1' });
  });

  it('takes a use that was before the start of the process', () => {
    const use = new SessionUse();
    use.note(-500, '192.0.2.1');
    expect(use.toWrite(100)).toMatchObject({ ageMs: 600, address: '192.0.2.1' });
  });

  it('writes no address for a use whose address is not known, unless an earlier one waits to be written', () => {
    const use = new SessionUse();
    use.note(100, '192.0.2.1');
    use.queued();
    use.note(200, null);
    expect(use.toWrite(250)).toMatchObject({ ageMs: 50, address: '192.0.2.1' });
    use.dequeued();
    use.note(300, null);
    expect(use.toWrite(350)).toMatchObject({ ageMs: 50, address: null });
  });
});
