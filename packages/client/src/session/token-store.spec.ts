import { Unreachable } from '../errors.js';
import { TokenStore } from './token-store.js';

const TOKENS = { session_id: 's', device_id: 'd', expires_in: 900, received_at: 0, refresh_token: 'r' };

describe('TokenStore', () => {
  const failing = { isShared: true, load: () => null, save: () => Promise.reject(new Error('full')) };

  it('keeps tokens that cannot be saved, and reports the failure', async () => {
    const errors: unknown[] = [];
    const store = new TokenStore(failing, (error) => errors.push(error));
    await store.receive(TOKENS, 'device');
    expect((await store.read()).tokens).toEqual(TOKENS);
    expect(errors).toEqual([new Error('full')]);
  });

  it('does not take a storage that cannot be read for a missing session', async () => {
    const locked = { load: () => Promise.reject(new Error('locked')), save: () => {} };
    const store = new TokenStore(locked, () => {});
    await expect(store.read()).rejects.toBeInstanceOf(Unreachable);
  });

  it('reads what another tab has saved', async () => {
    let text = '{"tokens":null}';
    const store = new TokenStore({ isShared: true, load: () => text, save: () => {} }, () => {});
    expect((await store.read()).tokens).toBeNull();
    text = JSON.stringify({ tokens: TOKENS });
    expect((await store.read()).tokens).toEqual(TOKENS);
  });

  it('keeps the device token when the session ends', async () => {
    let text: string | null = null;
    const save = (saved: string) => {
      text = saved;
    };
    const storage = { load: () => text, save };
    const store = new TokenStore(storage, () => {});
    await store.receive(TOKENS, 'device');
    await store.forget();
    expect(JSON.parse(text ?? '')).toEqual({ tokens: null, device_token: 'device' });
  });
});
