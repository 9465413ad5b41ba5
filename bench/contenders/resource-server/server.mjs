// A resource server with one route. BENCH_FRAMEWORK: express, fastify or nest. BENCH_CHECK: how it checks requests. It
// loads what it needs for that and nothing else, so that its memory can be measured.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const { BENCH_CHECK, BENCH_FRAMEWORK, HOST, PORT } = process.env;
const FRAMEWORKS = {
  express: () => import('./express.js'),
  fastify: () => import('./fastify.mjs'),
  nest: () => import('./nest.js'),
};

const { start } = await FRAMEWORKS[BENCH_FRAMEWORK]();
console.log(`listening on ${await start(BENCH_CHECK, Number(PORT), HOST)}`);

// For the section `guarded`, whose notes give the reason. V8 keeps unused hidden classes for two collections.
const COLLECTIONS = 5;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => {
  for (let done = 0; done < COLLECTIONS; done++) collect();
  console.log('garbage collected');
});
