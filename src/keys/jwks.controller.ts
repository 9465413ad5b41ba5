import { createHash } from 'node:crypto';
import { Controller, Get, Header, Headers, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../http/public.js';
import { KeySet } from './key-set.js';
import type { PublicJwk } from './public-jwk.js';

/** Far below the time for which a successor is published before it signs (`key-schedule.ts`). */
const MAX_AGE_SECONDS = 300;

@ApiTags('keys')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: KeySet) {}

  @Get('jwks.json')
  @Public()
  @Header('Cache-Control', `public, max-age=${MAX_AGE_SECONDS}`)
  @ApiOperation({ summary: 'The public keys that verify access tokens (RFC 7517)' })
  @ApiOkResponse({ description: 'A JWK set' })
  jwks(
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): { keys: PublicJwk[] } | undefined {
    const set = this.keys.jwks();
    const etag = entityTag(set.keys);
    reply.header('ETag', etag);
    if (!known?.includes(etag)) return set;
    reply.status(HttpStatus.NOT_MODIFIED);
    return undefined;
  }
}

/** A kid is a digest of its key, so the kids stand for the whole set. */
function entityTag(keys: readonly PublicJwk[]): string {
  const kids = keys.map(({ kid }) => kid).join();
  return `"${createHash('sha256').update(kids).digest('base64url')}"`;
}
