import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AccountController } from './account.controller.js';
import { AccountStreams } from './account-streams.js';

@Module({
  imports: [ChangesModule, SessionsModule],
  controllers: [AccountController],
  providers: [AccountStreams],
})
export class AccountModule {}
