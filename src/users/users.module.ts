import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PasswordHasher } from '../credentials/password/password-hasher.js';
import { HashingMetrics } from './hashing-metrics.js';
import { User } from './user.entity.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([User])],
  providers: [PasswordHasher, HashingMetrics, UsersService],
  exports: [UsersService],
})
export class UsersModule {}
