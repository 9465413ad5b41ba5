import { SpanKind } from '@opentelemetry/api';
import type { DataSource } from 'typeorm';
import { inChildSpan, tracer } from './tracing.js';

interface Client {
  query(...parameters: unknown[]): unknown;
}
interface Pool {
  on(event: 'acquire', listener: (client: Client) => void): void;
}

/** Gives each statement of a request a span. Its text has no values: those are parameters. */
export function traceStatements(dataSource: DataSource): void {
  if (tracer === null) return;
  const { master } = dataSource.driver as unknown as { readonly master: Pool };
  const traced = new WeakSet<Client>();
  master.on('acquire', (client) => {
    if (traced.has(client)) return;
    traced.add(client);
    const query = client.query.bind(client);
    client.query = (...parameters) => {
      const [text] = parameters;
      // With a callback, pg returns no promise; the service and TypeORM use none.
      if (typeof text !== 'string' || typeof parameters.at(-1) === 'function') return query(...parameters);
      return inChildSpan(
        operationOf(text),
        { kind: SpanKind.CLIENT, attributes: attributesOf(text) },
        () => query(...parameters) as Promise<unknown>,
      );
    };
  });
}

function operationOf(text: string): string {
  return /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'query';
}

function attributesOf(text: string) {
  return {
    'db.system.name': 'postgresql',
    'db.operation.name': operationOf(text),
    'db.query.text': text.trim(),
  };
}
