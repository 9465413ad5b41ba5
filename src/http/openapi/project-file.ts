import { existsSync } from 'node:fs';

/** A file next to the service's `package.json`, which is further up from the build than from the source. */
export function projectFile(name: string): URL {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) {
    const parent = new URL('..', folder);
    if (parent.href === folder.href)
      throw new Error('no package.json above the service: the build was moved out of its project');
    folder = parent;
  }
  return new URL(name, folder);
}
