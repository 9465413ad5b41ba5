import type { ExecutionContext } from '@nestjs/common';
import type { GuardError } from '../../guard-error.js';
import { problemOf } from '../../problem.js';
import { invalidToken } from '../../tokens/invalid-token.js';
import type { Carrier } from '../http-request.js';
import type { Transport } from '../transport.js';
import { bearerValue } from './bearer-value.js';
import { type MessageContext, messageHeaders } from './message-headers.js';

/** TCP, Redis, Kafka, NATS, RabbitMQ and MQTT: the token is in the headers of the message, at `authorization`. */
export const message: Transport = {
  token(context) {
    const token = bearerValue(messageHeaders(carrier(context)));
    if (token === undefined) throw invalidToken('the message has no header named authorization');
    return token;
  },

  request: () => undefined,
  carrier,
  longConnection: () => undefined,

  async exception(error, context) {
    const { KafkaRetriableException, RpcException } = await import('@nestjs/microservices');
    const body = { ...problemOf(error), message: error.message };
    return isWorthRetrying(error, context) ? new KafkaRetriableException(body) : new RpcException(body);
  },
};

/** The context of the message, which Nest creates for each one. */
function carrier(context: ExecutionContext): Carrier & MessageContext {
  return context.switchToRpc().getContext();
}

/** Kafka delivers an event again if it is not committed. It must not be lost because the service cannot be reached. */
function isWorthRetrying(error: GuardError, context: ExecutionContext): boolean {
  return error.status === 503 && 'getTopic' in carrier(context) && 'getPartition' in carrier(context);
}
