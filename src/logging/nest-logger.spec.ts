import { createLogger } from './logger.js';
import { NestLogger } from './nest-logger.js';

describe('NestLogger', () => {
  const lines: Record<string, unknown>[] = [];
  const nest = new NestLogger(createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) }));

  beforeEach(() => {
    lines.length = 0;
  });

  it('logs the context', () => {
    nest.log('up', 'Bootstrap');
    expect(lines).toEqual([expect.objectContaining({ level: 'info', context: 'Bootstrap', msg: 'up' })]);
  });

  it('omits the lines that Nest writes for each route at startup', () => {
    nest.log('Mapped {/x, GET} route', 'RouterExplorer');
    expect(lines).toEqual([]);
  });

  it('keeps the stack of an error in each form that Nest passes', () => {
    const error = new Error('boom');
    nest.error(error);
    nest.error('boom', error.stack, 'Context');
    nest.error('boom', 'Context');
    expect(lines).toEqual([
      expect.objectContaining({ msg: 'boom', err: expect.objectContaining({ stack: error.stack }) }),
      expect.objectContaining({ msg: 'boom', stack: error.stack, context: 'Context' }),
      expect.objectContaining({ msg: 'boom', context: 'Context' }),
    ]);
  });
});
