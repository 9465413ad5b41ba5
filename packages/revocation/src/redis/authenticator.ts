/**
 * The port that tells texts of this service's instances from those of other writers to the same Redis. A text is bound
 * to its place, a key or channel: one that was copied elsewhere is not genuine there. It may be old, but not false.
 */
export interface Authenticator {
  /** @returns the text with a proof; `open` returns it for the same place */
  seal(place: string, text: string): string;
  /** @returns the text, or `null` if no instance sealed it for this place */
  open(place: string, sealed: string): string | null;
}
