import type { LoggerService } from '@nestjs/common';
import type { FastifyBaseLogger } from 'fastify';
import { activeTrace } from '../telemetry/tracing.js';

/** Nest logs every module and route at startup, which only helps developers of the service. */
const CHATTY: ReadonlySet<string> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** These log an error and then throw it during startup; `main.ts` catches and reports it. */
const THROWN_ANYWAY: ReadonlySet<string | undefined> = new Set(['ExceptionHandler', 'NestApplication']);

/** Writes Nest's own log to the service's log. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: FastifyBaseLogger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const context = contextOf(rest);
    this.write(context && CHATTY.has(context) ? 'debug' : 'info', message, context);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, contextOf(rest));
  }

  /** Nest passes `(error)`, `(message, context)` or `(message, stack, context)`. */
  error(message: unknown, ...rest: unknown[]): void {
    if (THROWN_ANYWAY.has(contextOf(rest))) return;
    const error = [message, ...rest].find((value) => value instanceof Error);
    const stack = rest.find((value) => typeof value === 'string' && value.includes('\n    at '));
    this.write('error', message, contextOf(rest), { ...(error ? { err: error } : stack ? { stack } : {}) });
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, contextOf(rest));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, contextOf(rest));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, contextOf(rest));
  }

  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    context: string | undefined,
    fields: object = {},
  ): void {
    this.logger[level]({ ...fields, context, ...activeTrace() }, textOf(message));
  }
}

/** The last argument, if it is a name and not a stack. */
function contextOf(rest: unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' && !last.includes('\n') ? last : undefined;
}

function textOf(message: unknown): string {
  if (message instanceof Error) return message.message;
  return typeof message === 'string' ? message : '(no message)';
}
