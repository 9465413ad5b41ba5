import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GeoIp } from '../geoip/geoip.js';
import { PageQuery } from '../http/routes/list-query.js';
import { CurrentPrincipal, type Principal } from '../http/routes/principal.js';
import { AnswersRevocation } from '../http/routes/revocation-answer.js';
import { Sensitive } from '../http/routes/route-decorators.js';
import { UuidParam } from '../http/routes/uuid-param.js';
import type { RevocationOutcome } from '../sessions/session-revoker.js';
import {
  DeviceDto,
  DeviceListDto,
  RenameDeviceDto,
  TerminateDevicesDto,
  TerminateDevicesQuery,
} from './devices.dto.js';
import { DevicesService } from './devices.service.js';

@ApiTags('devices')
@ApiBearerAuth()
@Controller('devices')
export class DevicesController {
  constructor(
    private readonly devices: DevicesService,
    private readonly geoip: GeoIp,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List the devices that you are logged in on, with their sessions' })
  @ApiOkResponse({ type: DeviceListDto })
  async list(@CurrentPrincipal() caller: Principal, @Query() page: PageQuery): Promise<DeviceListDto> {
    const devices = await this.devices.list(caller.userId, page);
    return { devices: devices.map((device) => DeviceDto.of(device, caller, this.geoip)) };
  }

  @Patch(':id')
  @Sensitive('device.rename')
  @ApiOperation({ summary: 'Rename a device' })
  @ApiOkResponse({ type: DeviceDto })
  async rename(
    @CurrentPrincipal() caller: Principal,
    @UuidParam() deviceId: string,
    @Body() { name }: RenameDeviceDto,
  ): Promise<DeviceDto> {
    return DeviceDto.of(await this.devices.rename(caller.userId, deviceId, name), caller, this.geoip);
  }

  @Delete(':id')
  @Sensitive('device.terminate')
  @AnswersRevocation()
  @ApiOperation({ summary: 'Sign out of a device: revoke all of its sessions' })
  terminate(
    @CurrentPrincipal() { userId }: Principal,
    @UuidParam() deviceId: string,
  ): Promise<RevocationOutcome> {
    return this.devices.terminate(userId, deviceId);
  }

  @Post('terminate')
  @Sensitive('device.terminate')
  @AnswersRevocation()
  @ApiOperation({
    summary: 'Sign out of several devices',
    description: 'All or none of them. Ids that are not devices of the caller change nothing.',
  })
  terminateSome(
    @CurrentPrincipal() { userId }: Principal,
    @Body() { device_ids }: TerminateDevicesDto,
  ): Promise<RevocationOutcome> {
    return this.devices.terminateSome(userId, device_ids);
  }

  @Delete()
  @Sensitive('device.terminate')
  @AnswersRevocation()
  @ApiOperation({ summary: 'Sign out of all devices, or of all other devices' })
  terminateAll(
    @CurrentPrincipal() { userId, sessionId }: Principal,
    @Query() { except }: TerminateDevicesQuery,
  ): Promise<RevocationOutcome> {
    return this.devices.terminateAll(userId, except === 'current' ? sessionId : undefined);
  }
}
