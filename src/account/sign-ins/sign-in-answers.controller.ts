import { Controller, Get, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal } from '../../http/routes/principal.js';
import { CurrentClient, type RequestClient } from '../../http/routes/request-client.js';
import { AnswersRevocation } from '../../http/routes/revocation-answer.js';
import { Sensitive } from '../../http/routes/route-decorators.js';
import { UuidParam } from '../../http/routes/uuid-param.js';
import type { RevocationOutcome } from '../../sessions/session-revoker.js';
import { UnansweredSignInsDto } from './sign-in-answers.dto.js';
import { SignInAnswers } from './sign-in-answers.js';

@ApiTags('security events')
@ApiBearerAuth()
@Controller('security-events')
export class SignInAnswersController {
  constructor(private readonly answers: SignInAnswers) {}

  @Get('unanswered')
  @ApiOperation({
    summary: 'List the sign-ins from new devices that you have not answered',
    description:
      'Sign-ins of the last 7 days, except that of the device of this request, until they are answered here or by the ' +
      'link in the mail, or the password is changed.',
  })
  @ApiOkResponse({ type: UnansweredSignInsDto })
  async list(@CurrentPrincipal() caller: Principal): Promise<UnansweredSignInsDto> {
    return UnansweredSignInsDto.of(await this.answers.list(caller));
  }

  @Post(':id/confirm')
  @Sensitive('sign_in.answer')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({
    summary: '"It was me": confirm a sign-in from a new device',
    description:
      'Records the event `sign_in_confirmed`. The id is that of an event of the kind `new_device_sign_in`. A device ' +
      'cannot confirm its own sign-in.',
  })
  @ApiNoContentResponse({ description: 'The answer is recorded, now or earlier.' })
  confirm(
    @CurrentPrincipal() caller: Principal,
    @UuidParam() eventId: string,
    @CurrentClient() client: RequestClient,
  ): Promise<void> {
    return this.answers.confirm(caller, eventId, client);
  }

  @Post(':id/reject')
  @Sensitive('sign_in.answer')
  @AnswersRevocation()
  @ApiOperation({
    summary: '"This wasn\'t me": sign out the device of a sign-in',
    description:
      'Revokes every session of the device, which counts as new at its next login, and records the event `disowned`. ' +
      'The password keeps working: ask the user to change it next.',
  })
  reject(
    @CurrentPrincipal() caller: Principal,
    @UuidParam() eventId: string,
    @CurrentClient() client: RequestClient,
  ): Promise<RevocationOutcome> {
    return this.answers.reject(caller, eventId, client);
  }
}
