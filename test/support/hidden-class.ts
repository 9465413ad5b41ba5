import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--allow-natives-syntax');
const haveSameMap = new Function('one', 'other', 'return %HaveSameMap(one, other)') as (
  one: unknown,
  other: unknown,
) => boolean;

/** Whether V8 sees objects of one shape: only then it reads their fields without searching, and keeps the shape once. */
export function haveOneHiddenClass(objects: readonly unknown[]): boolean {
  return objects.every((it) => haveSameMap(it, objects[0]));
}
