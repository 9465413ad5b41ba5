import {
  type ForwardedRequest,
  opensPage,
  signInLocation,
} from '@latchkey/access-token/forward-auth/sign-in-redirect';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpStatus } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../config/config.js';
import { AppError } from '../../errors/app-error.js';
import { ERROR_CODES } from '../../errors/error-codes.js';
import { sendProblem } from '../../http/server/problem.filter.js';
import { isProxyOf } from '../../http/server/trusted-proxies.js';

const SIGN_IN_PATH = '/account';

/** Sends browsers that open a page and must sign in to the sign-in page, if the operator of the gateway asks for it. */
@Catch()
export class SignInRedirect implements ExceptionFilter {
  readonly #page: string;
  readonly #isProxy: (address: string) => boolean;

  constructor({ http, web }: Config) {
    this.#page = new URL(SIGN_IN_PATH, web.origin).href;
    this.#isProxy = isProxyOf(http.trustProxy);
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (!request.demands?.redirectsToSignIn || !signInHelps(thrown) || !this.opensPage(request)) {
      sendProblem(thrown, request, reply);
      return;
    }
    reply.errorCode = thrown.code;
    void reply.redirect(signInLocation(this.#page, this.forwarded(request)), HttpStatus.FOUND);
  }

  /** The page itself must be requested with `GET`, as far as the gateway says. */
  private opensPage({ method, headers }: FastifyRequest): boolean {
    const forwarded = [headers['x-forwarded-method'], headers['x-original-method']];
    const methods = [method, ...forwarded.filter((name) => name !== undefined)];
    return methods.every((name) => opensPage(String(name), String(headers['sec-fetch-mode'])));
  }

  /** `null` unless a trusted proxy says which page was requested. */
  private forwarded({ headers, socket }: FastifyRequest): ForwardedRequest | null {
    if (!this.#isProxy(socket.remoteAddress ?? '')) return null;
    const [proto, host, uri] = ['proto', 'host', 'uri'].map((part) => headers[`x-forwarded-${part}`]);
    if (typeof proto !== 'string' || typeof host !== 'string' || typeof uri !== 'string') return null;
    return { proto, host, uri };
  }
}

/** A user who is signed in, but not by the method that is demanded, would be sent back and forth. */
function signInHelps(thrown: unknown): thrown is AppError {
  return (
    thrown instanceof AppError &&
    ERROR_CODES[thrown.code].status === HttpStatus.UNAUTHORIZED &&
    thrown.members.amr === undefined
  );
}
