import { fastify } from 'fastify';
import { meBody } from '../me-body.js';
import { UNCHECKED } from './caller.js';

/** By the name of the check: adds it to every route. */
const CHECKS = {
  async none() {},
  async connected(app) {
    await (await import('./connect-guard.js')).connectGuard();
    app.addHook('onRequest', (_request, _reply, next) => next());
  },
  async guard(app) {
    const { latchkey } = await import('@latchkey/guard/fastify');
    const { connectGuard } = await import('./connect-guard.js');
    await app.register(latchkey, { guard: await connectGuard() });
  },
  async passport(app) {
    const { default: passport } = await import('@fastify/passport');
    const { Strategy } = await import('passport-jwt');
    const { acceptClaims, jwtStrategyOptions } = await import('./jwt-strategy.js');
    passport.use('jwt', new Strategy(await jwtStrategyOptions(), acceptClaims));
    // Required by a plugin of @fastify/passport, but not used without sessions.
    app.decorateRequest('session', null);
    await app.register(passport.initialize());
    app.addHook('preValidation', passport.authenticate('jwt', { session: false }));
  },
  async introspection(app) {
    const { introspect } = await import('./introspect.js');
    app.decorateRequest('user');
    app.addHook('onRequest', async (request) => {
      request.user = await introspect(request.headers.authorization);
    });
  },
};

export async function start(check, port, host) {
  const app = fastify();
  await CHECKS[check](app);
  app.get('/me', async ({ user = UNCHECKED }) => meBody(user.userId, user.sessionId));
  return app.listen({ port, host });
}
