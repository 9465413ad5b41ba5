export interface Claims {
  readonly sub: string;
  readonly sid: string;
  /** Seconds since the epoch. */
  readonly exp: number;
}

export const ISSUER = 'https://id.example.com';
