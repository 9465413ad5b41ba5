import { readFileSync } from 'node:fs';

/**
 * How TypeScript becomes JavaScript everywhere: in the build, in tests and in `npm run dev`. Nest needs the metadata
 * of decorators, which esbuild and tsx do not emit.
 */
const { $schema: _, ...options } = JSON.parse(readFileSync(new URL('../.swcrc', import.meta.url), 'utf8'));

export const swcOptions = { ...options, swcrc: false };
