import type { Metadata, Responder, ServerInterceptingCallInterface, ServerListener } from '@grpc/grpc-js';
import { type Demands, requireDemands } from '../demands.js';
import type { Guard, OpenStream, RequestClient } from '../guard.js';
import type { Principal } from '../principal.js';
import { streamError } from '../session-end-errors.js';
import { invalidToken } from '../tokens/invalid-token.js';
import { statusOf } from './status-of.js';

export interface GuardedCallOptions {
  readonly guard: Guard;
  readonly call: ServerInterceptingCallInterface;
  readonly demands: Demands;
  readonly isStream: boolean;
  readonly clientOf: (call: ServerInterceptingCallInterface, metadata: Metadata) => RequestClient;
  /** Where the handler finds its caller, by the metadata that it receives. */
  readonly principals: WeakMap<Metadata, Principal>;
}

/** One call: lets it through after its caller was admitted, and until the session ends. */
export class GuardedCall {
  #isEnded = false;
  #stream: OpenStream | undefined;

  constructor(private readonly options: GuardedCallOptions) {}

  responder(): Responder {
    return {
      start: (next) => next(this.#listener()),
      sendMetadata: (metadata, next) => this.#unlessEnded(() => next(metadata)),
      sendMessage: (message, next) => this.#unlessEnded(() => next(message)),
      sendStatus: (status, next) =>
        this.#unlessEnded(() => {
          this.#release();
          next(status);
        }),
    };
  }

  #listener(): ServerListener {
    return {
      onReceiveMetadata: (metadata, next) => this.#admit(metadata, next),
      // Messages that were under way when the session ended do not reach the handler.
      onReceiveMessage: (message, next) => this.#unlessEnded(() => next(message)),
      onReceiveHalfClose: (next) => this.#unlessEnded(next),
      onCancel: () => this.#release(),
    };
  }

  #admit(metadata: Metadata, next: (metadata: Metadata) => void): void {
    const { guard, call, clientOf } = this.options;
    const admitted = (principal: Principal) =>
      this.#unlessEnded(() => this.#accept(principal, metadata, next));
    const refused = (error: unknown) => this.#end(error);
    try {
      const checked = guard.check(bearerToken(metadata), clientOf(call, metadata));
      if (checked instanceof Promise) checked.then(admitted).catch(refused);
      else admitted(checked);
    } catch (error) {
      refused(error);
    }
  }

  /** @throws {GuardError} */
  #accept(principal: Principal, metadata: Metadata, next: (metadata: Metadata) => void): void {
    const { guard, demands, isStream, principals } = this.options;
    requireDemands(principal, demands);
    principals.set(metadata, principal);
    if (isStream) this.#stream = guard.openStream(principal, (end) => this.#end(streamError(end)));
    next(metadata);
  }

  #end(error: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.options.call.sendStatus(statusOf(error));
  }

  /** Also for a call that is cancelled while its token is checked, which must not open a stream then. */
  #release(): void {
    this.#isEnded = true;
    this.#stream?.release();
  }

  #unlessEnded(act: () => void): void {
    if (!this.#isEnded) act();
  }
}

function bearerToken(metadata: Metadata): string {
  const [value, ...others] = metadata.get('authorization');
  const [, token] = /^bearer +(.+)$/i.exec(String(value ?? '')) ?? [];
  if (token === undefined || others.length > 0) throw invalidToken('there is not exactly one Bearer token');
  return token;
}
