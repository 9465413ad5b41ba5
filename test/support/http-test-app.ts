import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Module,
  Patch,
  Post,
  Query,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Type as As } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { createHttpAdapter, setUpApp } from '../../src/app.setup.js';
import type { Config } from '../../src/config/config.js';
import { CurrentClient, type RequestClient } from '../../src/http/routes/request-client.js';
import { UuidParam } from '../../src/http/routes/uuid-param.js';
import { IsEmailAddress, IsLabel, IsOpaqueToken, IsPassword } from '../../src/http/validation/validators.js';
import { createLogger } from '../../src/logging/logger.js';
import { NestLogger } from '../../src/logging/nest-logger.js';

class Register {
  @IsEmailAddress() email!: string;
  @IsPassword() password!: string;
}

class Login extends Register {
  @IsOptional() @IsOpaqueToken() device_token?: string;
  @IsOptional() @IsLabel({ min: 1, max: 64 }) device_name?: string;
}

class Refresh {
  @IsOpaqueToken() refresh_token!: string;
}

class Rename {
  @IsLabel({ min: 1, max: 64 }) name!: string;
}

class Except {
  @IsOptional() @IsIn(['current']) except?: string;
}

class Page {
  @IsOptional() @As(() => Number) @IsInt() @Min(1) @Max(100) limit?: number;
}

/** Routes and DTOs shaped like those of the real controllers, with no service behind them. */
@Controller()
class ShapesController {
  @Post('auth/register') register(@Body() body: Register) {
    return body;
  }
  @Post('auth/login') @HttpCode(200) login(@Body() body: Login) {
    return body;
  }
  @Post('auth/refresh') @HttpCode(200) refresh(@Body() body: Refresh) {
    return { length: body.refresh_token.length };
  }
  @Post('auth/logout') @HttpCode(204) logout() {}
  @Get('auth/me') @Header('Cache-Control', 'private') me(@CurrentClient() client: RequestClient) {
    return client;
  }
  @Get('sessions') sessions(@Query() page: Page) {
    return page;
  }
  @Patch('devices/:id') rename(@UuidParam() id: string, @Body() body: Rename) {
    return { id, ...body };
  }
  @Delete('devices/:id') @HttpCode(204) terminate(@UuidParam() _id: string) {}
  @Delete('devices') @HttpCode(204) terminateAll(@Query() _query: Except) {}
}

export interface HttpTestApp {
  readonly app: NestFastifyApplication;
  readonly port: number;
  readonly url: string;
  /** Every line of the log, as written. */
  readonly logLines: string[];
}

/** Starts the HTTP layer of the service on a real socket, with test controllers behind it. */
export async function startHttpTestApp(
  options: { controllers?: Type[]; trustProxy?: Config['http']['trustProxy']; logLevel?: string } = {},
): Promise<HttpTestApp> {
  const { controllers = [ShapesController], trustProxy = false, logLevel = 'debug' } = options;
  const logLines: string[] = [];
  const logger = createLogger(logLevel, { write: (line) => logLines.push(line) });

  @Module({ controllers })
  class TestModule {}

  const web = { origin: 'https://latchkey.test', corsOrigins: [], trustsOwnPort: true, secureCookies: true };
  const http = { host: '127.0.0.1', port: 0, trustProxy, shutdownDelayMs: 0 };
  const adapter = createHttpAdapter({ http, web, logLevel }, logger);
  const app = await NestFactory.create<NestFastifyApplication>(TestModule, adapter, {
    logger: new NestLogger(logger),
  });
  await setUpApp(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as { port: number };
  return { app, port, url: `http://127.0.0.1:${port}`, logLines };
}
