import { createRequire } from 'node:module';
import type { ServiceDefinition } from '@grpc/grpc-js';

/** Messages of `protos/ext-authz.proto`. Members that were not sent have their default value; messages are `null`. */
export interface CheckRequest {
  readonly attributes: AttributeContext | null;
}

export interface AttributeContext {
  readonly source: {
    readonly address: { readonly socketAddress: { readonly address: string } | null } | null;
  } | null;
  readonly request: { readonly http: HttpAttributes | null } | null;
  readonly contextExtensions: Readonly<Record<string, string>>;
}

export interface HttpAttributes {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly headerMap: { readonly headers: readonly HeaderValue[] } | null;
  readonly path: string;
  readonly host: string;
  readonly scheme: string;
}

export interface HeaderValue {
  readonly key: string;
  readonly value: string;
  readonly rawValue: Uint8Array;
}

export interface HeaderOption {
  readonly header: { readonly key: string; readonly value: string };
  readonly append: { readonly value: boolean };
}

export interface CheckResponse {
  readonly status: { readonly code: number; readonly message: string };
  readonly okResponse?: { readonly headers: HeaderOption[] };
  readonly deniedResponse?: {
    readonly status: { readonly code: number };
    readonly headers: HeaderOption[];
    readonly body: string;
  };
}

const SERVICE = 'envoy.service.auth.v3.Authorization';

/** The definition of Envoy's service `Authorization`. @throws if the optional packages for gRPC are not installed */
export async function extAuthzService(): Promise<ServiceDefinition> {
  const { load } = await import('@grpc/proto-loader');
  // Resolved by name: the path differs between the source and a build.
  const file = createRequire(import.meta.url).resolve('@latchkey/guard/protos/ext-authz.proto');
  const definition = await load(file, { defaults: true });
  return definition[SERVICE] as ServiceDefinition;
}
