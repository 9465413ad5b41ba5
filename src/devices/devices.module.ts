import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionsModule } from '../sessions/sessions.module.js';
import { Device } from './device.entity.js';
import { DeviceRegistry } from './device-registry.js';
import { DevicesController } from './devices.controller.js';
import { DevicesService } from './devices.service.js';
import { SurplusDeviceSweeper } from './surplus-device-sweeper.js';

@Module({
  imports: [TypeOrmModule.forFeature([Device]), SessionsModule],
  controllers: [DevicesController],
  providers: [DeviceRegistry, DevicesService, SurplusDeviceSweeper],
  exports: [DeviceRegistry, DevicesService],
})
export class DevicesModule {}
