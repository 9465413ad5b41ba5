// Hashes per second on one core that does nothing else, with the service's argon2id parameters and concurrency.
import { hashSync, verify } from '@node-rs/argon2';

const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const CONCURRENCY = 2;

console.log('listening on http://nowhere');
const hash = hashSync('correct horse battery', PARAMETERS);
const endsAt = performance.now() + Number(process.argv[2]) * 1000;
const startedAt = performance.now();
let done = 0;
await Promise.all(
  Array.from({ length: CONCURRENCY }, async () => {
    while (performance.now() < endsAt) {
      await verify(hash, 'correct horse battery');
      done += 1;
    }
  }),
);
console.log(`hashes per second: ${((done / (performance.now() - startedAt)) * 1000).toFixed(2)}`);
setInterval(() => {}, 1_000);
