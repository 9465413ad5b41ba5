import { SpanKind } from '@opentelemetry/api';
import { inChildSpan, tracer } from './tracing.js';

/** Methods of a Redis client that send a command when they are called. */
const COMMAND = /^(get|set|mGet|mSet|del|pTTL|eval|evalSha|publish|sPublish)$/i;

/**
 * Gives each command of a request a span; with an SDK only. The client has no place for this: its methods are bound when
 * its module is loaded, which is part of the bundle, so an instrumentation cannot reach it either.
 */
export function traceCommands<T extends object>(client: T): T {
  if (tracer === null) return client;
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      const method = (...parameters: unknown[]) => Reflect.apply(value, target, parameters) as unknown;
      if (typeof property !== 'string' || !COMMAND.test(property)) return method;
      const attributes = { 'db.system.name': 'redis', 'db.operation.name': property.toUpperCase() };
      return (...parameters: unknown[]) =>
        inChildSpan(
          property.toUpperCase(),
          { kind: SpanKind.CLIENT, attributes },
          () => method(...parameters) as Promise<unknown>,
        );
    },
  });
}
