import type { OpenAPIObject } from '@nestjs/swagger';

interface Schema {
  readonly $ref?: string;
  properties?: Record<string, Schema>;
  readonly nullable?: boolean;
  readonly description?: string;
  readonly allOf?: readonly Schema[];
}

/**
 * Replaces `nullable` references by copies of what they refer to. Nest writes them as `nullable` beside `allOf`, which
 * excludes null in OpenAPI 3.0: the schema in `allOf` does not allow it.
 */
export function inlineNullableReferences({ components }: OpenAPIObject): void {
  const schemas = (components?.schemas ?? {}) as Record<string, Schema>;
  for (const { properties = {} } of Object.values(schemas)) {
    for (const [name, { nullable, allOf: [reference] = [], description }] of Object.entries(properties)) {
      const target = schemas[reference?.$ref?.split('/').at(-1) ?? ''];
      if (nullable && target) properties[name] = { ...target, nullable, ...(description && { description }) };
    }
  }
}
