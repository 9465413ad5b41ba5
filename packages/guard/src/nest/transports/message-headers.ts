/** Headers by name. Kafka has bytes, NATS lists. */
export type MessageHeaders = Readonly<Record<string, unknown>>;

/** Where the contexts of Nest's transports keep the headers. Each has one of these. */
export interface MessageContext {
  /** TCP and Redis: what the client's `setOnDispatchHook` attached to the packet. */
  getMetadata?(): MessageHeaders | undefined;
  /** Kafka has `headers`, RabbitMQ has `properties.headers`. */
  getMessage?(): { headers?: MessageHeaders; properties?: { headers?: MessageHeaders } };
  /** NATS. */
  getHeaders?(): NatsHeaders | undefined;
  /** MQTT 5. */
  getPacket?(): { properties?: { userProperties?: MessageHeaders } };
}

interface NatsHeaders {
  keys(): string[];
  values(key: string): string[];
}

/** @param context the context that Nest passes to message handlers */
export function messageHeaders(context: MessageContext): MessageHeaders | undefined {
  const message = context.getMessage?.();
  return (
    context.getMetadata?.() ??
    message?.headers ??
    message?.properties?.headers ??
    natsHeaders(context.getHeaders?.()) ??
    context.getPacket?.().properties?.userProperties
  );
}

function natsHeaders(headers: NatsHeaders | undefined): MessageHeaders | undefined {
  return headers && Object.fromEntries(headers.keys().map((key) => [key, headers.values(key)]));
}
