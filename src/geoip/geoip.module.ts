import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config.js';
import { GeoIp } from './geoip.js';

@Module({
  providers: [
    { provide: GeoIp, inject: [Config], useFactory: ({ geoip }: Config) => new GeoIp(geoip.databases) },
  ],
  exports: [GeoIp],
})
export class GeoIpModule implements OnApplicationShutdown {
  constructor(private readonly geoIp: GeoIp) {}

  onApplicationShutdown(): void {
    this.geoIp.close();
  }
}
