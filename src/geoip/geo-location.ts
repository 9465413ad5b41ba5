/** Where a client's address is, as far as a GeoIP database knows. Degrees, WGS 84. */
export interface GeoLocation {
  /** ISO 3166-1 alpha-2. */
  readonly countryCode: string;
  /** For people, in English. */
  readonly country: string;
  readonly city: string | null;
  readonly position: Position | null;
}

export interface Position {
  readonly latitude: number;
  readonly longitude: number;
  /** How far off it may be; most databases do not say. */
  readonly accuracyKm: number | null;
}
