const INSTANT = new Date().toISOString();

/** The body of Latchkey's `GET /auth/me`, sent by the other contenders too, so that all serialise the same JSON. */
export function meBody(userId: string, sessionId: string) {
  return {
    user: { id: userId, email: `${userId}@example.com`, email_verified: true, roles: [] },
    session: {
      id: sessionId,
      created_at: INSTANT,
      authenticated_at: INSTANT,
      last_seen_at: INSTANT,
      expires_at: INSTANT,
      absolute_expires_at: INSTANT,
    },
    device: {
      id: sessionId,
      name: 'Firefox on Android',
      kind: 'mobile',
      browser: 'Firefox 140',
      system: 'Android 16',
    },
  };
}
