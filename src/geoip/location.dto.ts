import { ApiProperty } from '@nestjs/swagger';
import type { GeoLocation } from './geo-location.js';

/** The approximate location of a network address. Nothing more precise than the city is returned. */
export class PlaceDto {
  @ApiProperty({ example: 'Germany' })
  country!: string;

  @ApiProperty({ example: 'DE', description: 'ISO 3166-1 alpha-2.' })
  country_code!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Berlin' })
  city!: string | null;

  static of(location: GeoLocation | null): PlaceDto | null {
    return location && { country: location.country, country_code: location.countryCode, city: location.city };
  }
}
