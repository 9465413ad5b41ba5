import { Body, Controller, Get, Header, HttpCode, HttpStatus, Patch, Post, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { AppError } from '../errors/app-error.js';
import { CurrentPrincipal, type Principal } from '../http/routes/principal.js';
import { CurrentClient, type RequestClient } from '../http/routes/request-client.js';
import { RequestLanguage } from '../http/routes/request-language.js';
import { AnswersRevocation } from '../http/routes/revocation-answer.js';
import { EndsSession, Public } from '../http/routes/route-decorators.js';
import { originHeaders } from '../http/server/cross-site.js';
import { INVALID_TOKEN_MESSAGE } from '../http/validation/validators.js';
import type { LanguageTag } from '../languages/languages.js';
import type { CheckedPrincipal } from '../sessions/check/session-check.js';
import type { RevocationOutcome } from '../sessions/session-revoker.js';
import { UsersService } from '../users/users.service.js';
import { PresentedRefreshTokens } from './access-tokens/presented-refresh-tokens.js';
import { SessionCookies } from './access-tokens/session-cookies.js';
import { TokenAudiences } from './access-tokens/token-audiences.js';
import {
  ChangeMeDto,
  CookieSessionDto,
  LoginAnswerDto,
  LoginDto,
  LogoutDto,
  MeDto,
  REFRESH_TOKEN,
  RefreshDto,
  RegisterDto,
  TokensDto,
  UserDto,
} from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { AnswersTokens, sessionBody, tokensBody } from './token-answer.js';

const CREDENTIALS = { email: 'ada@example.org', password: 'correct horse battery' };

/** Complete requests. Members whose value only the client knows are left out. */
const LOGIN_EXAMPLES = {
  program: { summary: 'A program or an app', value: { ...CREDENTIALS, device_name: 'Work laptop' } },
  browser: { summary: 'A browser', value: { ...CREDENTIALS, token_delivery: 'cookie' } },
};

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly cookies: SessionCookies,
    private readonly refreshTokens: PresentedRefreshTokens,
    private readonly audiences: TokenAudiences,
    private readonly config: Config,
    private readonly users: UsersService,
  ) {}

  @Post('register')
  @Public()
  @ApiOperation({
    summary: 'Register a user',
    description:
      'Mails a link that confirms the address. The user can log in at once. Mails are written in the language of ' +
      '`Accept-Language`, if the service has it.',
  })
  @ApiCreatedResponse({ type: UserDto })
  async register(
    @Body() { email, password }: RegisterDto,
    @CurrentClient() client: RequestClient,
    @RequestLanguage() language: LanguageTag | null,
  ): Promise<UserDto> {
    return UserDto.of(await this.auth.register({ email, password, language }, client));
  }

  @Post('login')
  @Public()
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Log in and open a session',
    description:
      'Send the `device_token` of an earlier login if there is one, so that the device keeps its name. Browsers set ' +
      '`token_delivery` to `cookie`.',
  })
  @ApiBody({ type: LoginDto, examples: LOGIN_EXAMPLES })
  @AnswersTokens(LoginAnswerDto)
  async login(
    @Body() body: LoginDto,
    @CurrentClient() client: RequestClient,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoginAnswerDto | CookieSessionDto> {
    const { email, password, device_token: deviceToken, device_name: deviceName } = body;
    // Many clients send `null` for a missing value.
    const credentials = {
      email,
      password,
      deviceTokens: deviceToken ? [deviceToken] : [],
      deviceName: deviceName ?? undefined,
      audience: this.audiences.requested(body.resource),
    };
    if (body.token_delivery === 'cookie') {
      refuseResourceInCookies(body.resource);
      this.cookies.requireKept(request);
      const issued = await this.auth.login(this.cookies.completeCredentials(credentials, request), client);
      this.cookies.setTokens(reply, issued);
      this.cookies.rememberDevice(request, reply, issued.deviceToken);
      this.cookies.setLanguage(reply, issued.language);
      return sessionBody(issued);
    }
    const issued = await this.auth.login(credentials, client);
    return { ...tokensBody(issued), device_token: issued.deviceToken };
  }

  @Post('refresh')
  @Public()
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Exchange a refresh token for new tokens',
    description:
      'The token that was sent is replaced: store the new one. A browser in cookie mode sends no body.',
  })
  @ApiBody({ type: RefreshDto, examples: { program: { value: { refresh_token: REFRESH_TOKEN } } } })
  @AnswersTokens(TokensDto)
  async refresh(
    @Body() { refresh_token, resource }: RefreshDto,
    @CurrentClient() client: RequestClient,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokensDto | CookieSessionDto> {
    const audience = this.audiences.requested(resource);
    if (refresh_token) return tokensBody(await this.auth.refresh(refresh_token, client, audience));
    refuseResourceInCookies(resource);
    const cookieToken = this.cookies.refreshToken(request);
    if (!cookieToken) throw missingRefreshToken(request);
    const issued = await this.cookies.clearCookiesOnRevoked(request, () =>
      this.auth.refresh(cookieToken, client),
    );
    this.cookies.setTokens(reply, issued);
    return sessionBody(issued);
  }

  @Post('logout')
  @ApiBearerAuth()
  @EndsSession()
  @AnswersRevocation()
  @ApiOperation({
    summary: 'Log out: revoke the session of this request',
    description:
      'Without a valid access token, a refresh token is sufficient: in the body, or in the cookie of a browser. ' +
      'Each answer clears the cookies of the browser that logs out.',
  })
  @ApiBody({ type: LogoutDto, required: false })
  logout(@Req() request: FastifyRequest & { user?: Principal }): Promise<RevocationOutcome> {
    const sessions = new Set(this.refreshTokens.sessionsOf(request));
    if (request.user) sessions.add(request.user.sessionId);
    return this.auth.logout([...sessions]);
  }

  @Get('me')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Get the user, the session and the device of this request' })
  @ApiOkResponse({ type: MeDto })
  // `@Req()` instead of `@CurrentPrincipal()`: without a pipe there is no promise, on the route that clients
  // call most.
  me(@Req() { user: caller }: { user: CheckedPrincipal }): MeDto {
    return MeDto.of(caller, this.config.policy);
  }

  @Patch('me')
  @ApiBearerAuth()
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Choose the language of mails' })
  @ApiNoContentResponse()
  async changeMe(
    @CurrentPrincipal() { userId }: Principal,
    @Body() { language }: ChangeMeDto,
  ): Promise<void> {
    await this.users.setLanguage(userId, language);
  }
}

/**
 * Browsers send the cookies to this service and to what shares its host, so their tokens are for every audience. Without
 * the one of this service, a browser could not even log out.
 */
function refuseResourceInCookies(resource: RefreshDto['resource']): void {
  if (resource === undefined || resource === null) return;
  throw new AppError('invalid_target', { detail: 'Tokens in cookies are for every audience.' });
}

const NO_COOKIE =
  'The request has no refresh cookie. A browser that has just logged in has not kept its cookies, or does not send them.';

/** A browser without the cookie has to log in again. Any other client has left out a field. */
function missingRefreshToken(request: Pick<FastifyRequest, 'headers'>): AppError {
  const { fetchSite, origin } = originHeaders(request);
  if (fetchSite !== undefined || origin !== undefined)
    return new AppError('invalid_grant', { detail: NO_COOKIE });
  return new AppError('validation_failed', {
    members: { errors: [{ field: 'refresh_token', message: INVALID_TOKEN_MESSAGE }] },
  });
}
