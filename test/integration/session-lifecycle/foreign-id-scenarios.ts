import { randomUUID } from 'node:crypto';
import type { RunningApp } from '../../support/app.js';
import { responseFingerprint } from '../../support/response-fingerprint.js';

/** A user cannot find out whether an id of another user exists. */
export function foreignIdScenarios(service: () => RunningApp): void {
  it.each([
    ['DELETE', '/devices/', 'device_id'],
    ['PATCH', '/devices/', 'device_id'],
    ['DELETE', '/sessions/', 'session_id'],
  ] as const)(
    'answers %s %s with an id of another user like an unknown or malformed id',
    async (method, path, id) => {
      const { api } = service();
      const mine = await api.newcomer();
      const theirs = await api.newcomer();
      const ended = await api.session(theirs.email);
      await api.logout(ended.access_token);
      const body = method === 'PATCH' ? { name: 'mine now' } : undefined;
      const send = async (value: string) =>
        responseFingerprint(await api.call(method, path + value, { token: mine.access_token, body }));

      const unknown = await send(randomUUID());
      expect(unknown).toMatchObject({ status: 404, text: expect.stringContaining('"code":"not_found"') });
      const others = [
        theirs[id],
        theirs[id].toUpperCase(),
        ended[id],
        'nonsense',
        '%00',
        '1',
        `${mine[id]}0`,
      ];
      for (const other of others) expect(await send(other)).toEqual(unknown);
      expect((await api.me(theirs.access_token)).body).toMatchObject({
        device: { name: expect.not.stringContaining('mine now') },
      });
    },
  );
}
