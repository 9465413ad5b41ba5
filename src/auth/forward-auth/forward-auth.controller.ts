import type { VerifiedClaims } from '@latchkey/access-token/claims';
import type { Demands } from '@latchkey/access-token/forward-auth/demands';
import { All, Controller, HttpCode, HttpStatus, Req, Res, UseFilters } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ForwardAuth } from '../../http/routes/route-decorators.js';
import { SignInRedirect } from '../../http/server/sign-in-redirect.filter.js';
import type { CheckedPrincipal } from '../../sessions/check/session-check.js';
import { ForwardAuthCheck } from './forward-auth-check.js';

/** As the guards and hooks have completed it. */
interface CheckedRequest {
  readonly user: CheckedPrincipal;
  readonly verifiedClaims: VerifiedClaims;
  readonly demands: Demands;
}

const text = (description: string) => ({ description, schema: { type: 'string' as const } });

@ApiTags('auth')
@Controller('auth')
export class ForwardAuthController {
  constructor(private readonly checks: ForwardAuthCheck) {}

  @All('check')
  @ForwardAuth()
  @HttpCode(HttpStatus.OK)
  @UseFilters(SignInRedirect)
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Check a request for a gateway',
    description:
      'For `auth_request` of nginx, `forward_auth` of Caddy, `ForwardAuth` of Traefik and the like. Accepts every method ' +
      'and ignores the body. The query states what the gateway demands. The gateway must not append the query of ' +
      "the client's request.",
  })
  @ApiQuery({
    name: 'role',
    required: false,
    isArray: true,
    type: String,
    description: 'The user must have this role; if repeated, one of these.',
  })
  @ApiQuery({
    name: 'amr',
    required: false,
    isArray: true,
    type: String,
    description: 'The login must have used this method, such as `mfa`; if repeated, all of these.',
  })
  @ApiQuery({
    name: 'max_age',
    required: false,
    schema: { type: 'integer', minimum: 1 },
    description: 'The login must not be older than this number of seconds.',
  })
  @ApiQuery({
    name: 'audience',
    required: false,
    type: String,
    description:
      '`aud` of the assertion; by default that of this service. If it is one of the configured audiences, the access ' +
      'token must be for it.',
  })
  @ApiQuery({
    name: 'sign_in',
    required: false,
    schema: { type: 'string', enum: ['1'] },
    description: 'Redirects a browser that opens a page and is not signed in to the sign-in page.',
  })
  @ApiOkResponse({
    description: 'The request is granted. Every header is present, and empty if there is nothing to say.',
    headers: {
      'Latchkey-User': text('The id of the user.'),
      'Latchkey-Session': text('The id of the session.'),
      'Latchkey-Device': text('The id of the device.'),
      'Latchkey-Roles': text('The roles of the user, separated by commas.'),
      'Latchkey-Auth-Time': text('When the user logged in, in seconds since the epoch.'),
      'Latchkey-Amr': text('The authentication methods of the login (RFC 8176), separated by commas.'),
      'Latchkey-Assertion': text(
        'The same as a JWT that is signed with the keys of this service, for one minute.',
      ),
    },
  })
  @ApiFoundResponse({ description: 'Only with `sign_in=1`: the sign-in page.' })
  check(
    @Req() { user, verifiedClaims, demands }: CheckedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): void | Promise<void> {
    const headers = this.checks.check(user, verifiedClaims, demands);
    if (!(headers instanceof Promise)) return void reply.headers(headers);
    return headers.then((signed) => void reply.headers(signed));
  }
}
