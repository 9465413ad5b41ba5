import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { AuditLog } from '../audit/audit-log.js';
import { Config } from '../config/config.js';
import { readEnvironment } from '../config/environment.js';
import { MailModule } from './mail.module.js';
import { MailComposer } from './mail-composer.js';

describe('MailModule', () => {
  const config = readEnvironment({}, () => Buffer.alloc(32));

  @Module({})
  class Surroundings {}

  const surroundings: DynamicModule = {
    module: Surroundings,
    global: true,
    providers: [
      Registry,
      { provide: Config, useValue: config },
      { provide: AuditLog, useValue: new AuditLog(null) },
      { provide: DataSource, useValue: { options: {}, entityMetadatas: [], getRepository: () => ({}) } },
    ],
    exports: [Registry, Config, AuditLog, DataSource],
  };

  @Global()
  @Module({ providers: [{ provide: MailComposer, useValue: {} }], exports: [MailComposer] })
  class Composing {}

  it('does not start without a composer, which would lose every mail', async () => {
    const starting = Test.createTestingModule({ imports: [surroundings, MailModule] }).compile();
    await expect(starting).rejects.toThrow(/dependencies of the MailDispatcher .*MailComposer/s);
  });

  it('takes the composer from a module that it does not import', async () => {
    const module = await Test.createTestingModule({
      imports: [surroundings, MailModule, Composing],
    }).compile();
    await module.close();
  });
});
