import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../../http/routes/route-decorators.js';
import { KeySet } from '../keys/key-set.js';
import type { PublicJwk } from '../keys/public-jwk.js';

/** Much less than the time between publishing a key and signing with it (`key-schedule.ts`). */
const MAX_AGE_SECONDS = 300;

class JwkDto implements PublicJwk {
  @ApiProperty({ enum: ['EC'] })
  kty!: 'EC';

  @ApiProperty({ enum: ['P-256'] })
  crv!: 'P-256';

  @ApiProperty()
  x!: string;

  @ApiProperty()
  y!: string;

  @ApiProperty({ description: 'The `kid` in the header of the tokens that this key signs.' })
  kid!: string;

  @ApiProperty({ enum: ['ES256'] })
  alg!: 'ES256';

  @ApiProperty({ enum: ['sig'] })
  use!: 'sig';
}

class JwkSetDto {
  @ApiProperty({ type: [JwkDto] })
  keys!: JwkDto[];
}

@ApiTags('keys')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: KeySet) {}

  @Get('jwks.json')
  @Public()
  @Header('Cache-Control', `public, max-age=${MAX_AGE_SECONDS}`)
  @ApiOperation({ summary: 'Get the public keys that verify access tokens (RFC 7517)' })
  @ApiOkResponse({ type: JwkSetDto, description: 'A JWK set.' })
  jwks(): JwkSetDto {
    return this.keys.jwks();
  }
}
