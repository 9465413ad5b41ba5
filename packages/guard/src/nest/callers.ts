import { Inject, Injectable } from '@nestjs/common';
import type { Guard, RequestClient } from '../guard.js';
import type { Principal } from '../principal.js';
import { holdBack } from '../streams/hold-back.js';
import { clientOfRequest, type HttpRequest } from './http-request.js';
import { LATCHKEY_GUARD, LATCHKEY_OPTIONS, type LatchkeyOptions } from './latchkey-options.js';
import type { LongConnection } from './transport.js';

/** Finds out who calls: by the token of a call, or by the connection that it comes on. */
@Injectable()
export class Callers {
  readonly #guard: Guard;
  readonly #clientOf: (request: HttpRequest) => RequestClient;
  /** Of open connections only. */
  readonly #byConnection = new WeakMap<object, Principal>();

  constructor(@Inject(LATCHKEY_GUARD) guard: Guard, @Inject(LATCHKEY_OPTIONS) options: LatchkeyOptions) {
    this.#guard = guard;
    this.#clientOf = options.clientOf ?? clientOfRequest;
  }

  /** @throws {GuardError} (or rejects with one) when the caller must be refused */
  check(token: string, request: HttpRequest | undefined): Principal | Promise<Principal> {
    return this.#guard.check(token, request && this.#clientOf(request));
  }

  /**
   * Closes a connection when the session of its caller ends. Further calls on it change nothing.
   *
   * @throws {GuardError} when the session has ended since it was checked
   */
  track(principal: Principal, { identity, writers, close, onceClosed }: LongConnection): void {
    if (this.#byConnection.get(identity)?.sessionId === principal.sessionId) return;
    let giveBack = () => {};
    const stream = this.#guard.openStream(principal, (end) => {
      giveBack();
      this.#byConnection.delete(identity);
      close(end);
    });
    if (writers) giveBack = holdBack(writers, stream);
    this.#byConnection.set(identity, principal);
    onceClosed(() => {
      giveBack();
      this.#byConnection.delete(identity);
      stream.release();
    });
  }

  /**
   * The caller of an open connection whose token has expired. Such a connection stays open for as long as its session is
   * active, and calls on it are admitted for as long.
   */
  withExpiredToken(connection: LongConnection | undefined): Principal | undefined {
    const caller = connection && this.#byConnection.get(connection.identity);
    return caller && caller.expiresAt <= Date.now() ? caller : undefined;
  }
}
