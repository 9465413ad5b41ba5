import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionsModule } from '../sessions/sessions.module.js';
import { Device } from './device.entity.js';
import { DeviceRegistry } from './device-registry.js';
import { DevicesController } from './devices.controller.js';
import { DevicesService } from './devices.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Device]), SessionsModule],
  controllers: [DevicesController],
  providers: [DeviceRegistry, DevicesService],
  exports: [DeviceRegistry, DevicesService],
})
export class DevicesModule {}
