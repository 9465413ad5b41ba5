/** Users whose device lists are measured; they are there at every size. */
export const HEAVY = { users: 4, sessions: 500 } as const;
export const LIGHT = { users: 200, sessions: 5 } as const;

/** Four sessions a user are behind an ordinary one: two live, two have ended. */
export interface Population {
  readonly ordinary: number;
  readonly users: number;
}

/** @param sessions in all, those of users with many included */
export function populationOf(sessions: number): Population {
  const ordinary = sessions - HEAVY.users * HEAVY.sessions - LIGHT.users * LIGHT.sessions;
  return { ordinary, users: Math.ceil(ordinary / 4) };
}
