import type { FastifyInstance } from 'fastify';

/** Knows which methods each path has, so that a wrong method is told from a wrong path (RFC 9110 §15.5.6). */
export class AllowedMethods {
  private readonly routes: { readonly path: RegExp; readonly method: string }[] = [];

  /** Has to be called before the routes are added. */
  collect(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      // A wildcard stands for files, not for a resource with methods.
      if (url.includes('*')) return;
      for (const name of [method].flat()) this.routes.push({ path: pattern(url), method: name });
    });
  }

  /** @returns the methods of a path, sorted; none when the path is unknown */
  of(path: string): string[] {
    const methods = this.routes.filter((route) => route.path.test(path)).map((route) => route.method);
    return [...new Set(methods)].sort();
  }
}

/** One parameter fills one whole segment in every route of this service. */
function pattern(url: string): RegExp {
  const segments = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replace(/[.+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${segments.join('/')}$`);
}
