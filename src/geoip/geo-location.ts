/** The location of a client's address according to a GeoIP database. */
export interface GeoLocation {
  /** ISO 3166-1 alpha-2. */
  readonly countryCode: string;
  /** The English name. */
  readonly country: string;
  readonly city: string | null;
  readonly position: Position | null;
}

/** Degrees, WGS 84. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
  /** The radius of uncertainty; `null` in most databases. */
  readonly accuracyKm: number | null;
}
