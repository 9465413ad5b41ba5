import type { Place } from '../api/types';

/** `Berlin, Germany · 203.0.113.7`, as far as is known. */
export function where({ place, address }: { place?: Place | null; address: string | null }): string | null {
  const parts = [place && (place.city ? `${place.city}, ${place.country}` : place.country), address];
  return parts.filter(Boolean).join(' · ') || null;
}
