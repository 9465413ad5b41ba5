import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  HttpStatus,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';

/** Says by its status how far an end has come: 204 it holds everywhere, 202 it is committed and on its way. */
@Injectable()
class RevocationAnswer implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<{ status: 'pending' } | undefined> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((enforcement: 'enforced' | 'pending') => {
        const isEnforced = enforcement === 'enforced';
        void reply.status(isEnforced ? HttpStatus.NO_CONTENT : HttpStatus.ACCEPTED);
        return isEnforced ? undefined : { status: 'pending' as const };
      }),
    );
  }
}

/** For a route that ends sessions and returns how far that has come. */
export const AnswersRevocation = () =>
  applyDecorators(
    UseInterceptors(RevocationAnswer),
    ApiNoContentResponse({ description: 'Ended: no instance grants a request that starts from now on.' }),
    ApiAcceptedResponse({
      description:
        'Ended and committed, but not confirmed by every instance yet: each refuses it within a second of reaching Postgres.',
    }),
  );
