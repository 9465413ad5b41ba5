const INSTANT = new Date().toISOString();

/** What every contender's route answers: what `GET /auth/me` does, so that all serialise and send the same. */
export function meBody(userId: string, sessionId: string) {
  return {
    user: { id: userId, email: `${userId}@example.com`, roles: [] },
    session: { id: sessionId, created_at: INSTANT, authenticated_at: INSTANT, last_seen_at: INSTANT },
    device: {
      id: sessionId,
      name: 'Firefox on Android',
      kind: 'mobile',
      browser: 'Firefox 140',
      system: 'Android 16',
    },
  };
}
