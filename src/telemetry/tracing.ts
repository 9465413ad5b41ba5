import {
  type Attributes,
  type ProxyTracerProvider,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/**
 * The tracer of the OpenTelemetry SDK that the operator has started with `node --import`; `null` if there is none, so that
 * nothing is done for spans that go nowhere. An SDK that is started later is not used.
 */
export const tracer: Tracer | null = registeredTracer();

interface SpanStart {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
}

function registeredTracer(): Tracer | null {
  const provider = trace.getTracerProvider();
  // The API's own provider, which has no delegate until an SDK registers itself.
  if ('getDelegateTracer' in provider)
    return (provider as ProxyTracerProvider).getDelegateTracer('latchkey') ?? null;
  return provider.getTracer('latchkey');
}

/** Runs `work` in its own span, which may be the first of a trace. */
export function inSpan<T>(
  name: string,
  start: SpanStart,
  work: (span: Span | null) => Promise<T>,
): Promise<T> {
  if (tracer === null) return work(null);
  return tracer.startActiveSpan(name, { kind: SpanKind.INTERNAL, ...start }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      failSpan(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Like `inSpan`, but only as a part of a trace: what the service does by itself several times a second has no span. */
export function inChildSpan<T>(
  name: string,
  start: SpanStart,
  work: (span: Span | null) => Promise<T>,
): Promise<T> {
  if (tracer === null || trace.getActiveSpan() === undefined) return work(null);
  return inSpan(name, start, work);
}

/** The trace that the caller works for, as fields of a log line; `null` if there is none, or no SDK. */
export function activeTrace(): { trace_id: string; span_id: string } | null {
  const span = tracer && trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : null;
}

/** Without the message of the error, which may contain values of a statement. */
export function failSpan(span: Span, error: unknown): void {
  const { name = 'Error', code } = error as { name?: string; code?: unknown };
  span.setAttribute('error.type', typeof code === 'string' ? code : name);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
