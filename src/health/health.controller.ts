import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import {
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../http/routes/route-decorators.js';
import { HealthService, type PostgresState, type Readiness, type RedisState } from './health.service.js';

const REDIS_STATES: RedisState[] = ['up', 'down', 'misconfigured', 'not_configured'];
const POSTGRES_STATES: PostgresState[] = ['up', 'down', 'schema_outdated'];

class LiveDto {
  @ApiProperty({ enum: ['live'] })
  status!: 'live';
}

class DependenciesDto {
  @ApiProperty({
    enum: POSTGRES_STATES,
    description: '`schema_outdated`: it lacks a migration of this version, see `latchkey migrate show`.',
  })
  postgres!: PostgresState;

  @ApiProperty({
    enum: REDIS_STATES,
    description: '`misconfigured`: it answers, but refuses what the service needs.',
  })
  redis!: RedisState;
}

class ReadyDto {
  @ApiProperty({ enum: ['ready', 'degraded', 'unavailable', 'stopping'] })
  status!: Readiness['status'];

  @ApiProperty()
  dependencies!: DependenciesDto;

  @ApiProperty({
    description:
      'Whether session checks are currently answered from caches (`true`) or from Postgres (`false`).',
  })
  caches_trusted!: boolean;
}

@ApiTags('health')
@Controller('health')
@Public()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('live')
  @ApiOperation({ summary: 'Check that the process is running' })
  @ApiOkResponse({ type: LiveDto })
  live(): LiveDto {
    return { status: 'live' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Check that this instance can serve requests, and the state of its dependencies' })
  @ApiOkResponse({ type: ReadyDto })
  @ApiServiceUnavailableResponse({ type: ReadyDto })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadyDto> {
    const { status, dependencies, cachesTrusted } = await this.health.readiness();
    const isServing = status === 'ready' || status === 'degraded';
    void reply.status(isServing ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return { status, dependencies, caches_trusted: cachesTrusted };
  }
}
