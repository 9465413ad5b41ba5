import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../http/routes/route-decorators.js';
import { KeySet } from '../keys/key-set.js';
import type { PublicJwk } from '../keys/public-jwk.js';

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
  jwks(): { keys: PublicJwk[] } {
    return this.keys.jwks();
  }
}
