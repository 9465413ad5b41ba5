import type { ExecutionContext } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { KafkaContext, KafkaRetriableException, RpcException, TcpContext } from '@nestjs/microservices';
import { GuardError } from '../../guard-error.js';
import { message } from './message.js';

const kafka = new KafkaContext([{}, 0, 'orders', undefined, undefined, undefined] as never);
const tcp = new TcpContext([undefined, 'orders', undefined] as never);

const called = (context: object): ExecutionContext => new ExecutionContextHost([{}, context]);

describe('the refusal of a message', () => {
  it('has the problem details and the reason', async () => {
    const error = new GuardError('session_revoked', { members: { reason: 'logout' } });
    const exception = (await message.exception(error, called(tcp))) as RpcException;
    expect(exception).toBeInstanceOf(RpcException);
    expect(exception.getError()).toEqual({
      type: '/docs/errors#session_revoked',
      title: 'The session was revoked',
      message: 'The session was revoked',
      status: 401,
      code: 'session_revoked',
      reason: 'logout',
    });
  });

  it('makes Kafka deliver an event again while the service cannot be reached', async () => {
    const unavailable = new GuardError('service_unavailable');
    expect(await message.exception(unavailable, called(kafka))).toBeInstanceOf(KafkaRetriableException);
    expect(await message.exception(unavailable, called(tcp))).not.toBeInstanceOf(KafkaRetriableException);
  });

  it('does not make Kafka deliver an event again whose caller is refused', async () => {
    const revoked = new GuardError('session_revoked');
    expect(await message.exception(revoked, called(kafka))).not.toBeInstanceOf(KafkaRetriableException);
  });
});
