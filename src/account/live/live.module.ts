import { Module } from '@nestjs/common';
import { AccountChangesModule } from '../../account-changes/account-changes.module.js';
import { SessionsModule } from '../../sessions/sessions.module.js';
import { AccountStreams } from './account-streams.js';
import { LiveController } from './live.controller.js';

@Module({
  imports: [AccountChangesModule, SessionsModule],
  controllers: [LiveController],
  providers: [AccountStreams],
})
export class LiveModule {}
