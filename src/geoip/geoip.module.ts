import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Places } from './geoip.js';

@Module({
  providers: [
    { provide: Places, inject: [Config], useFactory: ({ geoip }: Config) => new Places(geoip.databases) },
  ],
  exports: [Places],
})
export class PlaceModule implements OnApplicationShutdown {
  constructor(private readonly places: Places) {}

  onApplicationShutdown(): void {
    this.places.close();
  }
}
