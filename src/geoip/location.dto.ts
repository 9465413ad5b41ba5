import { ApiProperty } from '@nestjs/swagger';
import type { GeoLocation } from './geo-location.js';

/** Roughly where a network address is. Nothing finer than the city is told. */
export class PlaceDto {
  @ApiProperty({ example: 'Germany' })
  country!: string;

  @ApiProperty({ example: 'DE', description: 'ISO 3166-1 alpha-2.' })
  country_code!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Berlin' })
  city!: string | null;

  static of(place: GeoLocation | null): PlaceDto | null {
    return place && { country: place.country, country_code: place.countryCode, city: place.city };
  }
}
