import { Problem, SessionEnded } from './errors.js';
import {
  jsonRequest,
  type RequestOptions,
  type RevocationOutcome,
  revocationOutcome,
} from './json-request.js';
import type { components } from './openapi.js';
import type { Answer } from './service.js';
import type { SessionAccess } from './session/signed-in-fetch.js';

type Schemas = components['schemas'];
export type Device = Schemas['DeviceDto'];
export type Session = Schemas['SessionDto'];
export type EndedSession = Schemas['EndedSessionDto'];
export type SecurityEvent = Schemas['SecurityEventDto'];
export type UnansweredSignIns = Schemas['UnansweredSignInsDto'];
export type Me = Schemas['MeDto'];
export type { RequestOptions, RevocationOutcome } from './json-request.js';

export type ReadOptions = Pick<RequestOptions, 'passive'>;

export interface PageOptions extends ReadOptions {
  readonly limit?: number;
  /** Id of the entry after which the page begins. */
  readonly before?: string;
}

/** The calls about the account of the user. All reject with `Problem`, `Unreachable` or `SessionEnded`. */
export function accountApi(access: SessionAccess) {
  const request = <T>(method: string, path: string, options?: RequestOptions) =>
    jsonRequest<T>(access, method, path, options);
  const read = async <T>(path: string, { passive = false }: ReadOptions = {}) =>
    (await request<T>('GET', path, { passive })).body;
  const revoke = (method: string, path: string, body?: object) =>
    revokeOnce(() => request(method, path, body && { body }));

  return {
    /** Sends and reads JSON, for routes that have no method here. */
    request,
    me: (options?: ReadOptions) => readMe(access, options),
    devices: {
      list: async (options?: ReadOptions): Promise<Device[]> =>
        (await read<Schemas['DeviceListDto']>('/devices', options)).devices,
      rename: async (id: string, name: string): Promise<Device> =>
        (await request<Device>('PATCH', `/devices/${encodeURIComponent(id)}`, { body: { name } })).body,
      /** Signs the device out. One that is signed out already counts as signed out. */
      terminate: (id: string) => revoke('DELETE', `/devices/${encodeURIComponent(id)}`),
      /** At most 400. */
      terminateSome: (ids: readonly string[]) => revoke('POST', '/devices/terminate', { device_ids: ids }),
      terminateOthers: () => revoke('DELETE', '/devices?except=current'),
      /** Also this one. */
      terminateAll: () => revoke('DELETE', '/devices'),
    },
    sessions: {
      list: async (options?: ReadOptions): Promise<Session[]> =>
        (await read<Schemas['SessionListDto']>('/sessions', options)).sessions,
      ended: async (options: PageOptions = {}): Promise<EndedSession[]> =>
        (await read<Schemas['EndedSessionListDto']>(`/sessions?status=ended${page(options)}`, options))
          .sessions,
      revoke: (id: string) => revoke('DELETE', `/sessions/${encodeURIComponent(id)}`),
    },
    securityEvents: {
      list: async (options: PageOptions = {}): Promise<SecurityEvent[]> =>
        (await read<Schemas['SecurityEventListDto']>(`/security-events?${page(options)}`, options)).events,
    },
  };
}

/** The user, session and device; `null` if there is no session. */
export async function readMe(
  access: SessionAccess,
  { passive = false }: ReadOptions = {},
): Promise<Me | null> {
  const { state } = access;
  const endBefore = state.lastEnd;
  try {
    const { body } = await jsonRequest<Me>(access, 'GET', '/auth/me', { passive });
    // The session may have ended after the answer was sent.
    if (state.lastEnd === endBefore) state.begin(body.session.id);
    return body;
  } catch (error) {
    if (error instanceof SessionEnded) return null;
    throw error;
  }
}

function page({ limit, before }: PageOptions): string {
  return `${limit === undefined ? '' : `&limit=${limit}`}${before === undefined ? '' : `&before=${before}`}`;
}

async function revokeOnce(send: () => Promise<Answer<unknown>>): Promise<RevocationOutcome> {
  try {
    return revocationOutcome(await send());
  } catch (error) {
    if (error instanceof Problem && error.code === 'not_found') return 'enforced';
    throw error;
  }
}
