import { readFileSync } from 'node:fs';
import { MemoryStore } from '../testing/memory-store.js';
import { startSessions } from '../testing/readme-example.js';
import { activeSnapshot } from '../testing/test-session.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the example in the README', () => {
  it('is the one that is compiled and run here', () => {
    const [, example] = /```ts\n([\s\S]*?)```/.exec(read('../README.md')) ?? [];
    const own = read('../testing/readme-example.ts').replaceAll("'../src/", "'@latchkey/revocation/");
    expect(example).toBe(own.replaceAll(".js';", "';"));
  });

  it('grants a session until it is revoked', async () => {
    const store = new MemoryStore((id) => ({ ...activeSnapshot(id), userId: 'u' }));
    const sessions = await startSessions(store);
    expect(await sessions.isActive('s')).toBe(true);
    store.end('s');
    expect(await sessions.revoked('s', 'logout')).toBe(true);
    expect(await sessions.isActive('s')).toBe(false);
    await sessions.stop();
  });
});
