import { SetMetadata } from '@nestjs/common';

declare module 'fastify' {
  interface FastifyRequest {
    isPassive?: boolean;
  }
}

export const IS_PASSIVE = Symbol('isPassive');

/** A route that a page calls by itself: it proves nothing of a person, and delays no idle end of a session. */
export const Passive = () => SetMetadata(IS_PASSIVE, true);
