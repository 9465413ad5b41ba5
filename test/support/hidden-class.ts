import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--allow-natives-syntax');
const haveSameMap = new Function('one', 'other', 'return %HaveSameMap(one, other)') as (
  one: unknown,
  other: unknown,
) => boolean;

/** Whether V8 gives all objects the same hidden class, so that property reads stay monomorphic and the shape is stored once. */
export function haveOneHiddenClass(objects: readonly unknown[]): boolean {
  return objects.every((it) => haveSameMap(it, objects[0]));
}
