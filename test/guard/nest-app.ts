import type { INestApplication, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { LatchkeyModule } from '../../packages/guard/src/nest.js';
import { MemoryGuard } from '../../packages/guard/testing/memory-guard.js';

export interface NestParts {
  readonly adapter: AbstractHttpAdapter;
  readonly imports?: unknown[];
  readonly controllers?: Type[];
  readonly providers?: Type[];
  /** Called before the application starts. */
  readonly configure?: (app: INestApplication) => void;
}

export interface NestServer {
  readonly app: INestApplication;
  readonly guard: MemoryGuard;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts a guarded Nest application on a free port. */
export async function startNest(parts: NestParts): Promise<NestServer> {
  const guard = new MemoryGuard();
  const { adapter, imports = [], controllers = [], providers = [], configure } = parts;
  const testing = await Test.createTestingModule({
    imports: [LatchkeyModule.forRoot({ guard }), ...(imports as Type[])],
    controllers,
    providers,
  }).compile();
  // Without a logger of its own, the application would log every refusal it is tested for.
  const app = testing.createNestApplication(adapter, { logger: false, forceCloseConnections: true });
  configure?.(app);
  await app.listen(0, '127.0.0.1');
  const close = async () => {
    await guard.close();
    await app.close();
  };
  return { app, guard, url: await app.getUrl(), close };
}
