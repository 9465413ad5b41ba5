import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GeoIpModule } from '../geoip/geoip.module.js';
import { MailModule } from '../mail/mail.module.js';
import { SecurityEvent } from './security-event.entity.js';
import { SecurityEventSweeper } from './security-event-sweeper.js';
import { SecurityEventsController } from './security-events.controller.js';
import { SecurityEvents } from './security-events.js';

@Module({
  imports: [GeoIpModule, MailModule, TypeOrmModule.forFeature([SecurityEvent])],
  controllers: [SecurityEventsController],
  providers: [SecurityEvents, SecurityEventSweeper],
  exports: [SecurityEvents],
})
export class SecurityEventsModule {}
