import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { meBody } from '../me-body.js';
import { type Caller, type Check, UNCHECKED } from './caller.js';

const CHECKS: Readonly<Record<Check, () => Promise<RequestHandler | null>>> = {
  none: async () => null,
  async connected() {
    await (await import('./connect-guard.js')).connectGuard();
    return (_request, _response, next) => next();
  },
  async guard() {
    const { latchkey } = await import('@latchkey/guard/express');
    const { connectGuard } = await import('./connect-guard.js');
    return latchkey({ guard: await connectGuard() });
  },
  async passport() {
    const { default: passport } = await import('passport');
    const { Strategy } = await import('passport-jwt');
    const { acceptClaims, jwtStrategyOptions } = await import('./jwt-strategy.js');
    passport.use(new Strategy(await jwtStrategyOptions(), acceptClaims));
    return passport.authenticate('jwt', { session: false });
  },
  async introspection() {
    const { introspect } = await import('./introspect.js');
    return (request, _response, next) => {
      introspect(request.headers.authorization).then((caller) => {
        Object.assign(request, { user: caller });
        next();
      }, next);
    };
  },
};

export async function start(check: Check, port: number, host: string): Promise<string> {
  const app = express();
  const middleware = await CHECKS[check]();
  if (middleware) app.use(middleware);
  app.get('/me', (request, response) => {
    const { userId, sessionId } = (request as { user?: Caller }).user ?? UNCHECKED;
    response.json(meBody(userId, sessionId));
  });
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error) => {
      if (error) reject(error);
      else resolve(`http://${host}:${(server.address() as AddressInfo).port}`);
    });
  });
}
