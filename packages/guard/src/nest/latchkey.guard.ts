import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { requireRecentLogin, requireRoles } from '../demands.js';
import type { Guard } from '../guard.js';
import { GuardError } from '../guard-error.js';
import type { Principal } from '../principal.js';
import { type Demands, DemandsOfHandlers } from './demands-of-handler.js';
import { callerWithExpiredToken, trackConnection } from './long-connections.js';
import type { LongConnection, Transport } from './transport.js';
import { transportOf } from './transport-of.js';

/** Inject with `@Inject(LATCHKEY_GUARD)`: the `Guard` that the module created. */
export const LATCHKEY_GUARD = Symbol('LATCHKEY_GUARD');

interface Call {
  readonly context: ExecutionContext;
  readonly transport: Transport;
  readonly connection: LongConnection | undefined;
  readonly demands: Demands;
}

/** Refuses every call to a handler that is not `@Public()`, unless it has a valid token of an active session. */
@Injectable()
export class LatchkeyGuard implements CanActivate {
  readonly #guard: Guard;
  readonly #demands = new DemandsOfHandlers();

  constructor(@Inject(LATCHKEY_GUARD) guard: Guard) {
    this.#guard = guard;
  }

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
    const caller = callerWithExpiredToken(connection, Date.now());
    return caller ?? this.#guard.check(transport.token(context), transport.client(context));
  }

  async #admitLater(checking: Promise<Principal>, call: Call): Promise<boolean> {
    try {
      return this.#admit(await checking, call);
    } catch (error) {
      return refuse(error, call);
    }
  }

  #admit(principal: Principal, { context, transport, connection, demands }: Call): true {
    if (demands.roles) requireRoles(principal, demands.roles);
    if (demands.maxLoginAge !== undefined) requireRecentLogin(principal, demands.maxLoginAge);
    transport.carrier(context).user = principal;
    if (connection) trackConnection(this.#guard, principal, connection);
    return true;
  }
}

async function refuse(error: unknown, { transport, context }: Call): Promise<never> {
  throw error instanceof GuardError ? await transport.exception(error, context) : error;
}
