import { useMemo } from 'preact/hooks';

export interface RevokedHere {
  has(deviceId: string): boolean;
  /** Runs an action that signs out these devices; if it fails, they no longer count as signed out by this page. */
  during<T>(deviceIds: readonly string[], action: () => Promise<T>): Promise<T>;
}

/** The devices that this page signed out itself. It announces them when it is done, not when they leave the list. */
export function useRevokedHere(): RevokedHere {
  return useMemo(() => {
    const revoked = new Set<string>();
    return {
      has: (deviceId) => revoked.has(deviceId),
      during: async (deviceIds, action) => {
        for (const id of deviceIds) revoked.add(id);
        try {
          return await action();
        } catch (error) {
          for (const id of deviceIds) revoked.delete(id);
          throw error;
        }
      },
    };
  }, []);
}
