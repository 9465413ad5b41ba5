import type { OpenAPIObject } from '@nestjs/swagger';

/** Nest documents a route for every method once for each, and for `SEARCH`, which OpenAPI 3.0 does not know. */
export function documentAnyMethodOnce({ paths }: OpenAPIObject): void {
  for (const [path, operations] of Object.entries(paths)) {
    const { get } = operations;
    if (!('search' in operations) || !get) continue;
    paths[path] = { get: { ...get, operationId: get.operationId?.replace(/_get$/, '') ?? '' } };
  }
}
