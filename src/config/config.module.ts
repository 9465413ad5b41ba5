import { type DynamicModule, Module } from '@nestjs/common';
import { Config } from './config.js';

@Module({})
export class ConfigModule {
  /** Makes the configuration injectable everywhere. The caller reads it. */
  static forRoot(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: Config, useValue: config }],
      exports: [Config],
    };
  }
}
