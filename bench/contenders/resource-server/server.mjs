// A resource server with one route. BENCH_FRAMEWORK: express, fastify or nest. BENCH_CHECK: how it checks requests. It
// loads what it needs for that and nothing else, so that its memory can be measured.
const { BENCH_CHECK, BENCH_FRAMEWORK, HOST, PORT } = process.env;
const FRAMEWORKS = {
  express: () => import('./express.js'),
  fastify: () => import('./fastify.mjs'),
  nest: () => import('./nest.js'),
};

const { start } = await FRAMEWORKS[BENCH_FRAMEWORK]();
console.log(`listening on ${await start(BENCH_CHECK, Number(PORT), HOST)}`);
