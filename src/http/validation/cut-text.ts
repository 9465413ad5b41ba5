/** The beginning of a text, as a text of its own: one that is merely cut out keeps the whole alive in memory. */
export function cutText(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : Buffer.from(text.slice(0, maxLength), 'utf8').toString('utf8');
}
