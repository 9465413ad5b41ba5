/** Users whose device lists are measured. They exist at every database size. */
export const HEAVY = { users: 4, sessions: 500 } as const;
export const LIGHT = { users: 200, sessions: 5 } as const;

/** An ordinary user has four sessions: two active and two ended. */
export interface Population {
  readonly ordinary: number;
  readonly users: number;
}

/** @param sessions total, including those of `HEAVY` and `LIGHT` users */
export function populationOf(sessions: number): Population {
  const ordinary = sessions - HEAVY.users * HEAVY.sessions - LIGHT.users * LIGHT.sessions;
  return { ordinary, users: Math.ceil(ordinary / 4) };
}
