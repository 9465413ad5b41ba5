/** Whose data a route returns. */
export interface Caller {
  readonly userId: string;
  readonly sessionId: string;
}

/** The caller of a route without a guard. Its JSON is as long as that of any other. */
export const UNCHECKED: Caller = {
  userId: '00000000-0000-7000-8000-000000000000',
  sessionId: '00000000-0000-7000-8000-000000000000',
};

/** How a resource server checks its requests. With `connected` it has a guard, and a hook that does not ask it. */
export type Check = 'none' | 'connected' | 'guard' | 'passport' | 'introspection';

export class Unauthorized extends Error {
  readonly statusCode = 401;
}

/** The token of an `Authorization: Bearer` header. */
export function bearerToken(authorization: string | undefined): string {
  if (!authorization?.startsWith('Bearer ')) throw new Unauthorized();
  return authorization.slice('Bearer '.length);
}
