import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  HttpStatus,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiProperty } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';

class PendingRevocationDto {
  @ApiProperty({ enum: ['pending'] })
  status!: 'pending';
}

/** Answers 204 if every instance enforces the revocation, and 202 if it is only committed so far. */
@Injectable()
class RevocationAnswer implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<PendingRevocationDto | undefined> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((outcome: 'enforced' | 'pending') => {
        const isEnforced = outcome === 'enforced';
        void reply.status(isEnforced ? HttpStatus.NO_CONTENT : HttpStatus.ACCEPTED);
        return isEnforced ? undefined : { status: 'pending' as const };
      }),
    );
  }
}

/** For a route that revokes sessions and returns the outcome. */
export const AnswersRevocation = () =>
  applyDecorators(
    UseInterceptors(RevocationAnswer),
    ApiNoContentResponse({ description: 'Revoked. Every instance rejects requests that start from now on.' }),
    ApiAcceptedResponse({
      type: PendingRevocationDto,
      description:
        'Revoked, but not yet confirmed by every instance. Each enforces it within a second of reaching Postgres.',
    }),
  );
