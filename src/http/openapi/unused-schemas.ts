import type { OpenAPIObject } from '@nestjs/swagger';

/** Removes schemas that nothing refers to, such as those whose references have been inlined. */
export function removeUnusedSchemas(document: OpenAPIObject): void {
  const schemas = document.components?.schemas ?? {};
  for (const name of Object.keys(schemas)) {
    const schema = schemas[name];
    delete schemas[name];
    if (schema && JSON.stringify(document).includes(`"#/components/schemas/${name}"`)) schemas[name] = schema;
  }
}
