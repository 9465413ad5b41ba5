import type { FastifyInstance } from 'fastify';

/** Records the methods of each path, to distinguish a wrong method (405) from a wrong path (RFC 9110 §15.5.6). */
export class AllowedMethods {
  private readonly routes: { readonly path: RegExp; readonly method: string }[] = [];

  /** Must be called before routes are added. */
  collect(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      // Wildcard routes serve files.
      if (url.includes('*')) return;
      for (const name of [method].flat()) this.routes.push({ path: pattern(url), method: name });
    });
  }

  /** @returns the methods of a path, sorted; empty if the path is unknown */
  of(path: string): string[] {
    const methods = this.routes.filter((route) => route.path.test(path)).map((route) => route.method);
    return [...new Set(methods)].sort();
  }
}

/** In every route of this service, a parameter is a whole path segment. */
function pattern(url: string): RegExp {
  const segments = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replace(/[.+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${segments.join('/')}$`);
}
