import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

/**
 * What a decorator says of a route: on its handler, else on its controller. Read once for each route, since
 * reflection costs more than all else that a guard does.
 */
export class RouteMetadata<T> {
  private readonly reflector = new Reflector();
  /** By controller, since two may inherit one handler. */
  private readonly read = new Map<object, Map<object, T | undefined>>();

  /** @param key the key of the decorator's metadata */
  constructor(private readonly key: symbol) {}

  of(context: ExecutionContext): T | undefined {
    const controller = context.getClass();
    const handler = context.getHandler();
    const known = this.read.get(controller);
    if (known?.has(handler)) return known.get(handler);
    const mark = this.reflector.getAllAndOverride<T | undefined>(this.key, [handler, controller]);
    this.read.set(controller, new Map(known).set(handler, mark));
    return mark;
  }
}
