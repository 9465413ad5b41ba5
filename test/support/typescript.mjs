// `node --import ./test/support/typescript.mjs file.ts` runs TypeScript from its source, with the decorators
// that the build would have: for what runs outside jest's own transform.
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
