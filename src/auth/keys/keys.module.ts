import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { KeySet } from './key-set.js';
import { SigningKey } from './signing-key.entity.js';

@Module({
  imports: [TypeOrmModule.forFeature([SigningKey])],
  providers: [KeySet],
  exports: [KeySet],
})
export class KeysModule {}
