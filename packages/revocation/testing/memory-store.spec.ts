import { randomUUID } from 'node:crypto';
import { MemoryStore } from './memory-store.js';
import { sessionStoreContract } from './store-contract.js';
import { activeSnapshot } from './test-session.js';

/** The simulated cluster is worth as much as its store behaves like a real one. */
sessionStoreContract('memory', async () => {
  const created = new Set<string>();
  const store = new MemoryStore(activeSnapshot, (id) => created.has(id));
  const create = () => {
    const id = randomUUID();
    created.add(id);
    return id;
  };
  return {
    store,
    createSessions: async (count) => Array.from({ length: count }, create),
    createUser: async () => randomUUID(),
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
