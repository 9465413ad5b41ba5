import { Module } from '@nestjs/common';
import { ChangesModule } from '../../account-changes/account-changes.module.js';
import { SessionsModule } from '../../sessions/sessions.module.js';
import { AccountStreams } from './account-streams.js';
import { AccountController } from './live.controller.js';

@Module({
  imports: [ChangesModule, SessionsModule],
  controllers: [AccountController],
  providers: [AccountStreams],
})
export class AccountModule {}
