import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Demands } from '../demands.js';
import type { Duration } from '../duration.js';
import { IS_PUBLIC, RECENT_LOGIN, REQUIRED_ROLES } from './decorators.js';

/** What a handler demands of its callers, according to its decorators or else those of its class. */
export interface HandlerDemands extends Demands {
  readonly isPublic: boolean;
}

/** Reads the demands of handlers and remembers them: reflection costs more than the rest of a check. */
export class DemandsOfHandlers {
  readonly #reflector = new Reflector();
  /** By class first, because two classes can inherit the same handler. */
  readonly #known = new WeakMap<object, WeakMap<object, HandlerDemands>>();

  of(context: ExecutionContext): HandlerDemands {
    const handler = context.getHandler();
    const owner = context.getClass();
    const ofClass = this.#known.get(owner) ?? new WeakMap<object, HandlerDemands>();
    const known = ofClass.get(handler);
    if (known) return known;
    const demands = this.#read([handler, owner]);
    this.#known.set(owner, ofClass.set(handler, demands));
    return demands;
  }

  #read(targets: Parameters<Reflector['getAllAndOverride']>[1]): HandlerDemands {
    return {
      isPublic: this.#reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets) === true,
      roles: this.#reflector.getAllAndOverride<readonly string[] | undefined>(REQUIRED_ROLES, targets),
      maxAge: this.#reflector.getAllAndOverride<Duration | undefined>(RECENT_LOGIN, targets),
    };
  }
}
