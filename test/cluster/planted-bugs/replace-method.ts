type Method = (...args: never[]) => unknown;

/**
 * Replaces a method of a class, which may be private.
 *
 * @returns the original
 * @throws {Error} if there is no such method: after a rename, a planted bug would otherwise silently have no effect
 */
export function replaceMethod<Original extends Method>(
  { prototype }: { readonly prototype: object },
  name: string,
  replacement: Original,
): Original {
  const original: unknown = Reflect.get(prototype, name);
  if (typeof original !== 'function') throw new Error(`there is no method ${name} to replace`);
  Reflect.set(prototype, name, replacement);
  return original as Original;
}
