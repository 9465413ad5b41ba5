// Sends the spans of the service to a collector by OTLP: `node --import ./register.mjs dist/src/main.js`.
// Settings are OpenTelemetry's own variables, such as OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_TRACES_SAMPLER.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME ?? 'latchkey' }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
}).register();
