import { existsSync } from 'node:fs';

/** A file beside the service's `package.json`: some levels up, more of them from the build than from the source. */
export function projectFile(name: string): URL {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) {
    const parent = new URL('..', folder);
    if (parent.href === folder.href) throw new Error('the service has been moved away from its package.json');
    folder = parent;
  }
  return new URL(name, folder);
}
