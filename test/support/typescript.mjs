// `node --import ./test/support/typescript.mjs file.ts` runs TypeScript from its source, compiled as the build does it:
// for programs that run outside jest.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
