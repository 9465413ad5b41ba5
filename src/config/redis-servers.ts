import type { EnvironmentValues } from './environment-variables.js';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

export interface RedisUser {
  readonly username: string | null;
  readonly password: string | null;
}

/** One server, or a proxy that leads to one. */
export interface SingleRedis {
  readonly kind: 'single';
  readonly url: string;
}

/** What a URL says about a single server, for those whose address is found at run time. */
export interface RedisAccess extends RedisUser {
  readonly tls: boolean;
  readonly database: number;
}

/** A master and replicas, watched by sentinels. */
export interface SentinelRedis {
  readonly kind: 'sentinel';
  readonly sentinels: readonly HostAndPort[];
  /** The name of the master in the configuration of the sentinels. */
  readonly masterName: string;
  /** The user at the sentinels. */
  readonly sentinelUser: RedisUser;
  readonly access: RedisAccess;
}

/** A Redis Cluster. */
export interface ClusterRedis {
  readonly kind: 'cluster';
  readonly nodes: readonly HostAndPort[];
  readonly access: RedisAccess;
}

export type RedisServers = SingleRedis | SentinelRedis | ClusterRedis;

const WAYS = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'] as const;
/** What `REDIS_URL` contains itself. */
const IN_URL = ['REDIS_USERNAME', 'REDIS_PASSWORD', 'REDIS_DATABASE', 'REDIS_TLS'] as const;
const OF_SENTINELS = ['REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD'] as const;

/** @returns a message for each combination of variables that makes no sense */
export function redisFaults(values: EnvironmentValues): string[] {
  const ways = WAYS.filter((name) => values[name] !== null);
  const faults: string[] = [];
  if (ways.length > 1) faults.push(`${ways.join(' and ')} are set: keep one of them`);
  const unused = [
    ...(values.REDIS_SENTINELS === null ? OF_SENTINELS : []),
    ...(values.REDIS_SENTINELS === null && values.REDIS_CLUSTER_NODES === null ? IN_URL : []),
  ].filter((name) => values[name]);
  if (unused.length > 0) {
    const where = values.REDIS_URL === null ? 'has no effect' : 'has no effect with REDIS_URL';
    faults.push(...unused.map((name) => `${name} ${where}`));
  }
  if (values.REDIS_CLUSTER_NODES !== null && values.REDIS_DATABASE !== 0)
    faults.push('REDIS_DATABASE must be 0 with REDIS_CLUSTER_NODES: a Redis Cluster has no other database');
  return faults;
}

/** @returns `null` without Redis */
export function redisServers(values: EnvironmentValues): RedisServers | null {
  const access = {
    username: values.REDIS_USERNAME,
    password: values.REDIS_PASSWORD,
    tls: values.REDIS_TLS,
    database: values.REDIS_DATABASE,
  };
  if (values.REDIS_URL !== null) return { kind: 'single', url: values.REDIS_URL };
  if (values.REDIS_CLUSTER_NODES !== null)
    return { kind: 'cluster', nodes: values.REDIS_CLUSTER_NODES, access };
  if (values.REDIS_SENTINELS === null) return null;
  return {
    kind: 'sentinel',
    sentinels: values.REDIS_SENTINELS,
    masterName: values.REDIS_SENTINEL_NAME,
    sentinelUser: { username: values.REDIS_SENTINEL_USERNAME, password: values.REDIS_SENTINEL_PASSWORD },
    access,
  };
}
