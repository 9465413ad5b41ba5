import {
  KafkaContext,
  MqttContext,
  NatsContext,
  RedisContext,
  RmqContext,
  TcpContext,
} from '@nestjs/microservices';
import { bearerValue } from './bearer-value.js';
import { messageHeaders } from './message-headers.js';

const HEADERS = { authorization: 'Bearer a.b.c' };

/** Has the methods of the headers in the package `nats` that are used. */
const natsHeaders = (entries: Record<string, string[]>) => ({
  keys: () => Object.keys(entries),
  values: (key: string) => entries[key] ?? [],
});

function kafka(headers: Record<string, Buffer | string | (Buffer | string)[]> | undefined): KafkaContext {
  const message = {
    key: null,
    value: Buffer.from('{}'),
    timestamp: '0',
    attributes: 0,
    offset: '0',
    headers,
  };
  return new KafkaContext([message, 0, 'orders', undefined, undefined, undefined] as never);
}

describe('the token of a message', () => {
  it.each([
    ['TCP', new TcpContext([undefined, 'orders', HEADERS] as never)],
    ['Redis', new RedisContext(['orders', HEADERS] as never)],
    ['Kafka', kafka({ authorization: Buffer.from('Bearer a.b.c') })],
    ['NATS', new NatsContext(['orders', natsHeaders({ Authorization: ['Bearer a.b.c'] })] as never)],
    ['RabbitMQ', new RmqContext([{ properties: { headers: HEADERS } }, undefined, 'orders'] as never)],
    ['MQTT', new MqttContext(['orders', { properties: { userProperties: HEADERS } }] as never)],
  ])('is in the headers of %s', (_, context) => {
    expect(bearerValue(messageHeaders(context))).toBe('a.b.c');
  });

  it.each([
    ['TCP', new TcpContext([undefined, 'orders', undefined] as never)],
    ['Redis', new RedisContext(['orders', undefined] as never)],
    ['Kafka', kafka(undefined)],
    ['NATS', new NatsContext(['orders', undefined] as never)],
    ['RabbitMQ', new RmqContext([{ properties: {} }, undefined, 'orders'] as never)],
    ['MQTT', new MqttContext(['orders', {}] as never)],
  ])('is missing without headers of %s', (_, context) => {
    expect(bearerValue(messageHeaders(context))).toBeUndefined();
  });
});

describe('bearerValue', () => {
  it.each([
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['a list of two', { authorization: ['Bearer a.b.c', 'Bearer d.e.f'] }],
    ['two spellings of the name', { authorization: 'Bearer a.b.c', Authorization: 'Bearer d.e.f' }],
    ['a number', { authorization: 7 }],
    ['nothing', { authorization: null }],
  ])('refuses %s', (_, values) => {
    expect(() => bearerValue(values)).toThrow(expect.objectContaining({ code: 'invalid_token' }));
  });

  it('returns undefined for an empty list', () => {
    expect(bearerValue({ authorization: [] })).toBeUndefined();
  });
});
