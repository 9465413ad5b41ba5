const LATCHKEY = process.env.LATCHKEY_ISSUER ?? 'http://localhost:3000';

/** The paths of Latchkey, so that its cookies belong to this application's origin. In production a proxy can do this. */
const PATHS = ['/auth', '/account', '/devices', '/sessions', '/security-events'];

export default {
  rewrites: async () =>
    PATHS.flatMap((path) => [
      { source: path, destination: LATCHKEY + path },
      { source: `${path}/:rest*`, destination: `${LATCHKEY + path}/:rest*` },
    ]),
};
