/** The registered client of every guard. */
export const GUARD_CLIENT = { id: 'bench', secret: 'a secret of the benchmarks, which are public' };

/** Settings of a service that accepts guards. */
export const ACCEPT_GUARDS = {
  LATCHKEY_CLIENTS: JSON.stringify([
    {
      client_id: GUARD_CLIENT.id,
      client_secrets: [GUARD_CLIENT.secret],
      permissions: ['guard'],
      audiences: [],
    },
  ]),
  // Longer than a section takes.
  ACCESS_TOKEN_TTL: '2h',
};
