import { randomUUID } from 'node:crypto';
import { MemoryStore } from './memory-store.js';
import { sessionStoreContract } from './store-contract.js';
import { activeSnapshot } from './test-session.js';

/** The simulated cluster is worth as much as its store behaves like a real one. */
sessionStoreContract('memory', async () => {
  const created = new Set<string>();
  const owners = new Map<string, string>();
  const store = new MemoryStore(
    (id) => ({ ...activeSnapshot(id), userId: owners.get(id) ?? 'user' }),
    (id) => created.has(id),
  );
  const create = () => {
    const id = randomUUID();
    created.add(id);
    return id;
  };
  return {
    store,
    createSessions: async (count) => Array.from({ length: count }, create),
    createUser: async () => randomUUID(),
    createSessionsOf: async (userId, count) =>
      Array.from({ length: count }, () => {
        const id = create();
        owners.set(id, userId);
        return id;
      }),
    cutOffSessions: async (userId, exempted) => void store.cutOffSessions(userId, exempted),
    end: async (ids, reason) => ids.forEach((id) => void store.end(id, reason)),
    changeRoles: async (userId) => void store.cutOff(userId),
    backdate: async (ids, ms) => ids.forEach((id) => void store.backdate(id, ms)),
    disconnect: async () => {
      store.isAway = true;
    },
    reconnect: async () => {
      store.isAway = false;
    },
    close: async () => {},
  };
});
