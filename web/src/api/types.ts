export interface GeoLocation {
  readonly country: string;
  readonly country_code: string;
  readonly city: string | null;
}

export interface Session {
  readonly id: string;
  readonly device_id: string;
  readonly current: boolean;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly address: string | null;
  readonly place?: GeoLocation | null;
}

export type DeviceKind = 'desktop' | 'mobile' | 'tablet' | 'tv' | 'other';

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly kind: DeviceKind;
  readonly browser: string | null;
  readonly system: string | null;
  readonly address: string | null;
  readonly place?: GeoLocation | null;
  readonly current: boolean;
  readonly first_seen_at: string;
  readonly last_seen_at: string;
  readonly sessions: readonly Session[];
}

export interface EndedSession extends Omit<Session, 'current'> {
  readonly device_name: string;
  readonly device_kind: DeviceKind;
  readonly ended_at: string;
  readonly reason: string;
}

export interface SecurityEvent {
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  readonly address: string | null;
  readonly place: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface User {
  readonly id: string;
  readonly email: string;
  /** Whether the user has confirmed the address by a mailed link. */
  readonly email_verified: boolean;
}

export interface Me {
  readonly user: User;
}
