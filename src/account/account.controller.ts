import { Body, Controller, Header, HttpCode, HttpStatus, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SessionCookies } from '../auth/access-tokens/session-cookies.js';
import type { CookieSessionDto, TokensDto } from '../auth/auth.dto.js';
import { AnswersTokensAndRevocation, sessionBody, tokensBody } from '../auth/token-answer.js';
import { CurrentPrincipal, OptionalPrincipal, type Principal } from '../http/routes/principal.js';
import { CurrentClient, type RequestClient } from '../http/routes/request-client.js';
import { RequestLanguage } from '../http/routes/request-language.js';
import { AnswersRevocation } from '../http/routes/revocation-answer.js';
import { OptionalSession, Public } from '../http/routes/route-decorators.js';
import type { LanguageTag } from '../languages/languages.js';
import type { RevocationOutcome } from '../sessions/session-revoker.js';
import {
  ChangePasswordDto,
  ConfirmEmailDto,
  DisownedDto,
  ForgotPasswordDto,
  LinkAccountDto,
  LinkDto,
  ResetPasswordDto,
} from './account.dto.js';
import { EmailConfirmation } from './email-confirmation.js';
import { PasswordChange } from './password-change.js';
import { PasswordReset } from './password-reset.js';
import { RegistrationRejection } from './registration-rejection.js';
import { SignInRejection } from './sign-in-rejection.js';

@ApiTags('account')
@Controller('auth')
export class AccountController {
  constructor(
    private readonly confirmation: EmailConfirmation,
    private readonly passwordReset: PasswordReset,
    private readonly passwordChange: PasswordChange,
    private readonly rejection: SignInRejection,
    private readonly registrationRejection: RegistrationRejection,
    private readonly cookies: SessionCookies,
  ) {}

  @Post('email/confirm')
  @Public()
  @OptionalSession()
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({
    summary:
      'Confirm an email address with the token that was mailed to it, and a session or the password of the account',
  })
  @ApiNoContentResponse()
  async confirmEmail(
    @OptionalPrincipal() caller: Principal | null,
    @Body() { token, password }: ConfirmEmailDto,
    @CurrentClient() client: RequestClient,
  ): Promise<void> {
    await this.confirmation.confirm(token, { caller, password: password ?? null }, client);
  }

  @Post('email/reject')
  @Public()
  @AnswersRevocation()
  @ApiOperation({
    summary:
      '"I didn\'t register": delete an unconfirmed account with the token that was mailed to its address',
  })
  rejectRegistration(@Body() { token }: LinkDto): Promise<RevocationOutcome> {
    return this.registrationRejection.reject(token);
  }

  @Post('email/resend')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Send the confirmation email again' })
  @ApiAcceptedResponse()
  async resendConfirmation(@CurrentPrincipal() { userId }: Principal): Promise<void> {
    await this.confirmation.resend(userId);
  }

  @Post('password/forgot')
  @Public()
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({
    summary: 'Request a password reset link by email; the answer is the same for every address',
  })
  @ApiAcceptedResponse()
  async forgotPassword(
    @Body() { email }: ForgotPasswordDto,
    @CurrentClient() client: RequestClient,
    @RequestLanguage() language: LanguageTag | null,
  ): Promise<void> {
    await this.passwordReset.request(email, client, language);
  }

  @Post('password/reset')
  @Public()
  @AnswersRevocation()
  @ApiOperation({ summary: 'Set a new password with a token from an email; revokes every session' })
  resetPassword(
    @Body() { token, new_password }: ResetPasswordDto,
    @CurrentClient() client: RequestClient,
  ): Promise<RevocationOutcome> {
    return this.passwordReset.reset(token, new_password, client);
  }

  @Post('password/reset/account')
  @Public()
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary:
      'Return the email address that a reset token belongs to, for password managers; does not use up the token',
  })
  @ApiOkResponse({ type: LinkAccountDto })
  async resetAccount(@Body() { token }: LinkDto): Promise<LinkAccountDto> {
    return { email: await this.passwordReset.requireEmail(token) };
  }

  @Post('password/change')
  @ApiBearerAuth()
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @AnswersTokensAndRevocation()
  @ApiOperation({ summary: 'Change the password; revokes every session, and opens a new one on this device' })
  async changePassword(
    @CurrentPrincipal() caller: Principal,
    @Body() { current_password, new_password }: ChangePasswordDto,
    @CurrentClient() client: RequestClient,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokensDto | CookieSessionDto> {
    const changed = await this.passwordChange.change(caller, current_password, new_password, client);
    if (changed.outcome === 'pending') void reply.status(HttpStatus.ACCEPTED);
    if (!request.isByCookie) return tokensBody(changed.tokens);
    this.cookies.setTokens(reply, changed.tokens);
    return sessionBody(changed.tokens);
  }

  @Post('disown')
  @Public()
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: '"This wasn\'t me": sign out a device that was reported by email' })
  @ApiOkResponse({ type: DisownedDto, description: 'The device is signed out on every instance.' })
  @ApiAcceptedResponse({
    type: DisownedDto,
    description: 'Committed, but not yet confirmed by every instance.',
  })
  async disown(
    @Body() { token }: LinkDto,
    @CurrentClient() client: RequestClient,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DisownedDto> {
    const rejected = await this.rejection.reject(token, client);
    if (rejected.outcome === 'pending') void reply.status(HttpStatus.ACCEPTED);
    return DisownedDto.of(rejected);
  }
}
