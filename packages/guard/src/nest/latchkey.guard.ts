import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { requireDemands } from '../demands.js';
import { GuardError } from '../guard-error.js';
import type { Principal } from '../principal.js';
import { Callers } from './callers.js';
import { DemandsOfHandlers, type HandlerDemands } from './demands-of-handler.js';
import type { LongConnection, Transport } from './transport.js';
import { transportOf } from './transport-of.js';

interface Call {
  readonly context: ExecutionContext;
  readonly transport: Transport;
  readonly connection: LongConnection | undefined;
  readonly demands: HandlerDemands;
}

/** Refuses every call to a handler that is not `@Public()`, unless it has a valid token of an active session. */
@Injectable()
export class LatchkeyGuard implements CanActivate {
  readonly #demands = new DemandsOfHandlers();

  constructor(@Inject(Callers) private readonly callers: Callers) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const demands = this.#demands.of(context);
    if (demands.isPublic) return true;
    const transport = transportOf(context);
    const call: Call = { context, transport, connection: transport.longConnection(context), demands };
    try {
      const checking = this.#check(call);
      return checking instanceof Promise ? this.#admitLater(checking, call) : this.#admit(checking, call);
    } catch (error) {
      return refuse(error, call);
    }
  }

  #check({ context, transport, connection }: Call): Principal | Promise<Principal> {
    const known = this.callers.withExpiredToken(connection);
    return known ?? this.callers.check(transport.token(context), transport.request(context));
  }

  async #admitLater(checking: Promise<Principal>, call: Call): Promise<boolean> {
    try {
      return this.#admit(await checking, call);
    } catch (error) {
      return refuse(error, call);
    }
  }

  #admit(principal: Principal, { context, transport, connection, demands }: Call): true {
    requireDemands(principal, demands);
    transport.carrier(context).user = principal;
    if (connection) this.callers.track(principal, connection);
    return true;
  }
}

async function refuse(error: unknown, { transport, context }: Call): Promise<never> {
  throw error instanceof GuardError ? await transport.exception(error, context) : error;
}
