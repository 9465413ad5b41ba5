import { type ModulesContainer, Reflector } from '@nestjs/core';
import { IS_PUBLIC } from '../decorators.js';

/** Nest's metadata of `@WebSocketGateway(port, options)`. */
const IS_GATEWAY = 'websockets:is_gateway';
const PORT = 'port';
const OPTIONS = 'websockets:gateway_options';

interface GatewayOptions {
  readonly path?: string;
  readonly namespace?: unknown;
}

/** Finds out which servers accept clients without a token: those of a gateway that is `@Public()`. */
export class PublicGateways {
  readonly #reflector = new Reflector();

  constructor(private readonly modules: ModulesContainer) {}

  /** Whether a public gateway has this server. Gateways with equal settings share one. */
  has(port: number, options: GatewayOptions = {}): boolean {
    return this.#publicClasses().some((gateway) => {
      const own = this.#reflector.get<GatewayOptions | undefined>(OPTIONS, gateway);
      const ownPort = this.#reflector.get<number | undefined>(PORT, gateway);
      return keyOf(ownPort, own) === keyOf(port, options);
    });
  }

  #publicClasses(): Parameters<Reflector['get']>[1][] {
    return [...this.modules.values()]
      .flatMap(({ providers }) => [...providers.values()])
      .flatMap(({ metatype }) => (typeof metatype === 'function' ? [metatype] : []))
      .filter(
        (provider) => Reflect.getMetadata(IS_GATEWAY, provider) && Reflect.getMetadata(IS_PUBLIC, provider),
      );
  }
}

function keyOf(port = 0, { path, namespace = '' }: GatewayOptions = {}): string {
  return JSON.stringify([port, path ?? null, String(namespace).replace(/^\//, '')]);
}
