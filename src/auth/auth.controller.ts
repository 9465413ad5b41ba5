import { Body, Controller, Get, Header, HttpCode, HttpStatus, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentPrincipal, type Principal } from '../http/routes/principal.js';
import { CurrentClient, type RequestClient } from '../http/routes/request-client.js';
import { AnswersRevocation } from '../http/routes/revocation-answer.js';
import { Public } from '../http/routes/route-decorators.js';
import { requireOriginHeaders } from '../http/server/cross-site.js';
import type { CheckedPrincipal } from '../sessions/check/session-check.js';
import type { RevocationOutcome } from '../sessions/session-revoker.js';
import { SessionCookies } from './access-tokens/session-cookies.js';
import { AnswersTokens } from './answers-tokens.js';
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
import { AuthService, type IssuedTokens } from './auth.service.js';
import { missingRefreshToken } from './missing-refresh-token.js';

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
  @ApiOperation({ summary: 'Log in: opens a session and returns its tokens, or sets them as cookies' })
  @AnswersTokens(LoginAnswerDto)
  async login(
    @Body() body: LoginDto,
    @CurrentClient() client: RequestClient,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LoginAnswerDto | CookieSessionDto> {
    const { email, password, device_token: deviceToken, device_name: deviceName } = body;
    // `null` is how many clients write "none".
    const credentials = {
      email,
      password,
      deviceToken: deviceToken ?? undefined,
      deviceName: deviceName ?? undefined,
    };
    if (body.token_delivery === 'cookie') {
      requireOriginHeaders(request);
      const issued = await this.auth.login(this.cookies.complete(credentials, request), client);
      this.cookies.give(reply, issued);
      return session(issued);
    }
    const issued = await this.auth.login(credentials, client);
    return { ...tokens(issued), device_token: issued.deviceToken };
  }

  @Post('refresh')
  @Public()
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Exchange a refresh token, of the body or else of the cookie, for new tokens' })
  @AnswersTokens(TokensDto)
  async refresh(
    @Body() { refresh_token }: RefreshDto,
    @CurrentClient() client: RequestClient,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokensDto | CookieSessionDto> {
    if (refresh_token) return tokens(await this.auth.refresh(refresh_token, client));
    const kept = this.cookies.refreshToken(request);
    if (!kept) throw missingRefreshToken(request);
    const issued = await this.cookies.orClear(reply, () => this.auth.refresh(kept, client));
    this.cookies.give(reply, issued);
    return session(issued);
  }

  @Post('logout')
  @ApiBearerAuth()
  @AnswersRevocation()
  @ApiOperation({ summary: 'End the session of this request' })
  logout(@CurrentPrincipal() caller: Principal): Promise<RevocationOutcome> {
    return this.auth.logout(caller);
  }

  @Get('me')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'The user, the session and the device behind the token' })
  @ApiOkResponse({ type: MeDto })
  // `@Req()` goes through no pipe, and so through no promise: this route is asked more often than all others.
  me(@Req() { user: caller }: { user: CheckedPrincipal }): MeDto {
    return MeDto.of(caller);
  }
}

function session({ expiresInSeconds, sessionId, deviceId }: IssuedTokens): CookieSessionDto {
  return { expires_in: expiresInSeconds, session_id: sessionId, device_id: deviceId };
}

function tokens(issued: IssuedTokens): TokensDto {
  return {
    access_token: issued.accessToken,
    refresh_token: issued.refreshToken,
    token_type: 'Bearer',
    ...session(issued),
  };
}
