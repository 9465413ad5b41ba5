import { prefixIn } from './create-locator.js';

const access = { username: null, password: null, tls: false, database: 0 };
const cluster = { kind: 'cluster', nodes: [], access } as const;

describe('the prefix of keys and channels', () => {
  it.each([
    ['latchkey', '{latchkey}'],
    ['{latchkey}', '{latchkey}'],
    ['prod{auth}', 'prod{auth}'],
    ['prod{}auth', '{prod{}auth}'],
  ])('%s is %s in a cluster', (prefix, inCluster) => {
    expect(prefixIn(cluster, prefix)).toBe(inCluster);
  });

  it('is the configured one elsewhere', () => {
    expect(prefixIn({ kind: 'single', url: 'redis://127.0.0.1' }, 'latchkey')).toBe('latchkey');
  });
});
