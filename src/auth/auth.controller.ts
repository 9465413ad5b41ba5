import { Body, Controller, Get, Header, HttpCode, HttpStatus, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';
import { CurrentPrincipal, type Principal } from '../http/routes/principal.js';
import { CurrentClient, type RequestClient } from '../http/routes/request-client.js';
import { AnswersRevocation } from '../http/routes/revocation-answer.js';
import { Public } from '../http/routes/route-decorators.js';
import { originHeaders, requireOriginHeaders } from '../http/server/cross-site.js';
import { INVALID_TOKEN_MESSAGE } from '../http/validation/validators.js';
import type { CheckedPrincipal } from '../sessions/check/session-check.js';
import type { RevocationOutcome } from '../sessions/session-revoker.js';
import { SessionCookies } from './access-tokens/session-cookies.js';
import {
  CookieSessionDto,
  LoginAnswerDto,
  LoginDto,
  MeDto,
  RefreshDto,
  RegisterDto,
  TokensDto,
  UserDto,
} from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { AnswersTokens, sessionBody, tokensBody } from './token-answer.js';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly cookies: SessionCookies,
  ) {}

  @Post('register')
  @Public()
  @ApiOperation({ summary: 'Register a user' })
  @ApiCreatedResponse({ type: UserDto })
  async register(
    @Body() { email, password }: RegisterDto,
    @CurrentClient() client: RequestClient,
  ): Promise<UserDto> {
    return UserDto.of(await this.auth.register(email, password, client));
  }

  @Post('login')
  @Public()
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Log in and open a session' })
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
      deviceToken: deviceToken ?? undefined,
      deviceName: deviceName ?? undefined,
    };
    if (body.token_delivery === 'cookie') {
      requireOriginHeaders(request);
      const issued = await this.auth.login(this.cookies.completeCredentials(credentials, request), client);
      this.cookies.setTokens(reply, issued);
      return sessionBody(issued);
    }
    const issued = await this.auth.login(credentials, client);
    return { ...tokensBody(issued), device_token: issued.deviceToken };
  }

  @Post('refresh')
  @Public()
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Exchange a refresh token for new tokens' })
  @AnswersTokens(TokensDto)
  async refresh(
    @Body() { refresh_token }: RefreshDto,
    @CurrentClient() client: RequestClient,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokensDto | CookieSessionDto> {
    if (refresh_token) return tokensBody(await this.auth.refresh(refresh_token, client));
    const cookieToken = this.cookies.refreshToken(request);
    if (!cookieToken) throw missingRefreshToken(request);
    const issued = await this.cookies.clearCookiesOnRevoked(reply, () =>
      this.auth.refresh(cookieToken, client),
    );
    this.cookies.setTokens(reply, issued);
    return sessionBody(issued);
  }

  @Post('logout')
  @ApiBearerAuth()
  @AnswersRevocation()
  @ApiOperation({ summary: 'Log out: revoke the session of this request' })
  logout(@CurrentPrincipal() caller: Principal): Promise<RevocationOutcome> {
    return this.auth.logout(caller);
  }

  @Get('me')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Get the user, the session and the device of this request' })
  @ApiOkResponse({ type: MeDto })
  // `@Req()` instead of `@CurrentPrincipal()`: without a pipe there is no promise, on the route that clients
  // call most.
  me(@Req() { user: caller }: { user: CheckedPrincipal }): MeDto {
    return MeDto.of(caller);
  }
}

/** A browser without the cookie has to log in again. Any other client has left out a field. */
function missingRefreshToken(request: Pick<FastifyRequest, 'headers'>): AppError {
  const { fetchSite, origin } = originHeaders(request);
  if (fetchSite !== undefined || origin !== undefined) return new AppError('invalid_grant');
  return new AppError('validation_failed', {
    members: { errors: [{ field: 'refresh_token', message: INVALID_TOKEN_MESSAGE }] },
  });
}
