import { Module } from '@nestjs/common';
import { AccountChanges } from './account-changes.js';

@Module({ providers: [AccountChanges], exports: [AccountChanges] })
export class AccountChangesModule {}
