import type { GeoLocation } from '../api/types';

/** `Berlin, Germany · 203.0.113.7`, or the parts of it that are known. */
export function formatLocation({
  place,
  address,
}: {
  place?: GeoLocation | null;
  address: string | null;
}): string | null {
  const segments = [place && (place.city ? `${place.city}, ${place.country}` : place.country), address];
  return segments.filter(Boolean).join(' · ') || null;
}
